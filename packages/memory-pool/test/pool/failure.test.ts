import { describe, expect, test } from '@jest/globals';
import { CentralizedMetricsCollector } from '@otel-perf/metrics';
import { describeFailure, MemoryPool, OutOfMemoryError, type MemoryPoolOptions } from '../../src/index.ts';

const make = (options: Partial<MemoryPoolOptions<'throw'>> = {}) =>
  new MemoryPool({ type: 'kv_cache', size: 4096, onFailure: 'throw', collector: new CentralizedMetricsCollector(), ...options });

/** Every second of 16 blocks free: half of the memory, in pieces of 256 bytes. */
function fragmented(): MemoryPool<'throw'> {
  const pool = make();
  const blocks = Array.from({ length: 16 }, () => pool.allocate(256));
  for (const block of blocks.filter((_, i) => i % 2 === 1)) block.free();
  return pool;
}

function failureOf(pool: MemoryPool<'throw'>, bytes: number): OutOfMemoryError {
  try {
    pool.allocate(bytes);
  } catch (error) {
    if (error instanceof OutOfMemoryError) return error;
  }
  throw new Error('did not fail for lack of room');
}

describe('an allocation that fails', () => {
  test('for lack of memory says so', () => {
    const pool = make();
    pool.allocate(2048);
    pool.allocate(1024);
    const { message, failure } = failureOf(pool, 1500);
    expect(message).toBe('memory pool "kv_cache" has no room for 1500 bytes: lack of memory, 1024 of 4096 bytes are free');
    expect(failure).toMatchObject({ reason: 'memory', requested: 1500, free: 1024, size: 4096 });
    expect(failure.fragmentationIndex).toBeLessThan(0.5);
  });

  test('for fragmentation says so, with figures', () => {
    const { message, failure } = failureOf(fragmented(), 512);
    expect(message).toBe(
      'memory pool "kv_cache" has no room for 512 bytes: fragmentation, 2048 of 4096 bytes are free and the largest free block has 256 (index 0.38); compact() may help',
    );
    expect(failure).toEqual({
      pool: 'kv_cache',
      requested: 512,
      reason: 'fragmentation',
      free: 2048,
      largestFree: 256,
      largestPossible: 4096,
      size: 4096,
      // Of Linux: 1 - (1 + 2048 / 512) / 8.
      fragmentationIndex: 0.375,
    });
  });

  test.each([4097, 2 ** 31, 2 ** 40])('for a size of %d that the pool never gives says so', (bytes) => {
    const { message, failure } = failureOf(make(), bytes);
    expect(message).toBe(`memory pool "kv_cache" has no room for ${bytes} bytes: it never gives more than 4096 bytes at once`);
    expect(failure.reason).toBe('size');
  });

  test('for more than a fixed block is of its size, not of memory', () => {
    expect(failureOf(make({ fit: 'fixed', blockSize: 1024 }), 1025).failure).toMatchObject({ reason: 'size', largestPossible: 1024 });
  });

  test('succeeds once memory is compacted, where fragmentation was the reason', () => {
    const pool = fragmented();
    expect(() => pool.allocate(2048)).toThrow(OutOfMemoryError);
    pool.compact();
    expect(pool.allocate(2048).size).toBe(2048);
  });

  test('gives null by default, and leaves the reason behind', () => {
    const pool = new MemoryPool({ type: 'kv_cache', size: 4096, collector: new CentralizedMetricsCollector() });
    expect(pool.lastFailure).toBeUndefined();
    expect(pool.allocate(5000, 'a')).toBeNull();
    expect(describeFailure(pool.lastFailure!)).toContain('never gives more than 4096 bytes');
    expect(pool.has('a')).toBe(false);
  });

  test('is counted by reason and changes nothing else', () => {
    const pool = fragmented();
    const before = pool.stats();
    for (const bytes of [512, 1024, 3000, 5000]) failureOf(pool, bytes);
    expect(pool.stats()).toMatchObject({ failures: 4, failuresByReason: { fragmentation: 2, memory: 1, size: 1 } });
    expect({ ...pool.stats(), failures: 0, failuresByReason: before.failuresByReason }).toEqual(before);
  });
});
