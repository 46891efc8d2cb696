import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import { describe, expect, test } from '@jest/globals';
import { CentralizedMetricsCollector } from '@otel-perf/metrics';
import { MemoryPool, OutOfMemoryError, SharedAllocator, type ElementType, type OnFailure } from '@otel-perf/memory-pool';
import { PooledTensor } from '../../src/model/pooled-tensor.ts';
import type { Tensor } from '../../src/model/tensor.ts';

const collector = new CentralizedMetricsCollector();
const make = (onFailure: OnFailure = 'null') =>
  new MemoryPool<OnFailure>({ type: 'activations', fit: SharedAllocator.create({ size: 65_536 }), onFailure, collector });

describe('a tensor in a pool', () => {
  test.each<[ElementType, number]>([
    ['uint8', 1],
    ['int8', 1],
    ['uint16', 2],
    ['int16', 2],
    ['uint32', 4],
    ['int32', 4],
    ['float32', 4],
    ['float64', 8],
    ['int64', 8],
    ['uint64', 8],
  ])('of %s has %d bytes an element', (type, bytes) => {
    const pool = make();
    using tensor = PooledTensor.allocate(pool, type, [3, 1, 5]);
    expect(tensor.data).toHaveLength(15);
    expect(tensor.data.BYTES_PER_ELEMENT).toBe(bytes);
    expect(pool.stats().requested.current).toBe(15 * bytes);
  });

  test('gives its memory back exactly once, and shows nothing of it any more', () => {
    const pool = make();
    const tensor = PooledTensor.allocate(pool, 'float32', [2, 3]);
    tensor[Symbol.dispose]();
    // The next one gets the same memory, which a second disposal must not free.
    using next = PooledTensor.allocate(pool, 'float32', [2, 3]);
    tensor[Symbol.dispose]();
    expect(pool.stats().blocks.current).toBe(1);
    expect(tensor.data).toHaveLength(0);
    expect(next.data).toHaveLength(6);
  });

  test('keeps its own dims', () => {
    const dims = [2, 3];
    using tensor = PooledTensor.allocate(make(), 'float32', dims);
    dims[0] = 7;
    expect(tensor.dims).toEqual([2, 3]);
  });

  test('is posted as a plain tensor over the same memory', () => {
    const { port1, port2 } = new MessageChannel();
    using tensor = PooledTensor.allocate(make(), 'float32', [2]);
    port1.postMessage(tensor);
    const received: Tensor<'float32'> = receiveMessageOnPort(port2)!.message;
    port1.close();
    expect([received.type, received.dims]).toEqual(['float32', [2]]);
    received.data.set([1.5, 2.5]);
    expect([...tensor.data]).toEqual([1.5, 2.5]);
  });

  test('is where it was after a compaction', () => {
    const pool = new MemoryPool<OnFailure>({ type: 'activations', size: 65_536, collector });
    const first = pool.allocate(256)!;
    using tensor = PooledTensor.allocate(pool, 'uint8', [4]);
    tensor.data.set([1, 2, 3, 4]);
    first.free();
    pool.compact();
    const other = pool.allocate(65_536 / 2)!;
    other.view().fill(255);
    expect([...tensor.data]).toEqual([1, 2, 3, 4]);
  });

  test.each(['null', 'throw'] as const)('is refused for lack of room, whatever it is, where the pool would %s', (onFailure) => {
    const pool = make(onFailure);
    for (const dims of [[65_537], [2 ** 20, 2 ** 20]]) {
      expect(() => PooledTensor.allocate(pool, 'uint8', dims)).toThrow(OutOfMemoryError);
    }
    expect(pool.stats().failuresByReason.size).toBe(2);
    expect(pool.stats().blocks.current).toBe(0);
  });

  test('is refused for dims and types that are none', () => {
    const pool = make();
    expect(() => PooledTensor.allocate(pool, 'uint8', [2, 0])).toThrow('dims[1] must be an integer of at least 1, not 0');
    expect(() => PooledTensor.allocate(pool, 'uint8', [1.5])).toThrow(RangeError);
    expect(() => PooledTensor.allocate(pool, 'float16' as ElementType, [1])).toThrow('type must be one of uint8,');
    expect(pool.stats().blocks.current).toBe(0);
  });
});
