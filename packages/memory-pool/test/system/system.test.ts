import { describe, expect, test } from '@jest/globals';
import { CentralizedMetricsCollector } from '@otel-perf/metrics';
import {
  AdvancedMemoryPoolingSystem,
  BlockError,
  OutOfMemoryError,
  TensorType,
  type MemoryPoolingOptions,
  type OnFailure,
} from '../../src/index.ts';
import { setUp } from '../pool/collector.ts';

const KIB = 1024;
const SMALL = Object.fromEntries(Object.values(TensorType).map((type) => [type, 64 * KIB])) as Record<TensorType, number>;

function make<Failure extends OnFailure = 'null'>(options: MemoryPoolingOptions<Failure> = {}): AdvancedMemoryPoolingSystem<Failure> {
  return new AdvancedMemoryPoolingSystem<Failure>({ sizes: SMALL, collector: new CentralizedMetricsCollector(), ...options });
}

describe('AdvancedMemoryPoolingSystem', () => {
  test('has a pool for each tensor type, of the documented sizes', () => {
    using system = new AdvancedMemoryPoolingSystem({ collector: new CentralizedMetricsCollector() });
    const sizes = Object.values(TensorType).map((type) => system.pool(type).size / 2 ** 20);
    expect(sizes).toEqual([512, 256, 128, 512, 256, 1024]);
    expect(system.pool('kv_cache')).toBe(system.pool(TensorType.KV_CACHE));
  });

  test('allocates real memory of the pool, and frees it by id', () => {
    using system = make();
    const block = system.allocate(TensorType.GRADIENTS, 4000, 'layer_1')!;
    block.view('float32').fill(0.5);
    expect(block.view('float32')[999]).toBe(0.5);
    expect(system.getPoolStats(TensorType.GRADIENTS)).toMatchObject({ type: 'gradients', reserved: { current: 4096 }, memoryBlocks: 1 });
    expect(system.getPoolStats(TensorType.KV_CACHE).reserved.current).toBe(0);
    expect(system.deallocate(TensorType.GRADIENTS, 'layer_1')).toBe(true);
    expect([system.deallocate(TensorType.GRADIENTS, 'layer_1'), system.deallocate(TensorType.KV_CACHE, 'layer_1')]).toEqual([false, false]);
    expect(block.state).toBe('freed');
  });

  test('ids are of their pool: two pools may have the same, one may not', () => {
    using system = make();
    system.allocate('gradients', 1, 'a');
    system.allocate('parameters', 1, 'a');
    expect(() => system.allocate('gradients', 1, 'a')).toThrow(BlockError);
  });

  test('says null, or throws on request, where a pool has no room', () => {
    expect(make().allocate('kv_cache', 100 * KIB, 'a')).toBeNull();
    expect(() => make({ onFailure: 'throw' }).allocate('kv_cache', 100 * KIB, 'a')).toThrow(OutOfMemoryError);
  });

  test('refuses a slab of half a page when it is made, not when it is first used', () => {
    const half = () => new AdvancedMemoryPoolingSystem({ sizes: { activations: 10 * KIB }, fits: { activations: 'slab' } });
    expect(half).toThrow('sizes.activations must be a multiple of the pages of a slab (4096), not 10240');
  });

  test('adds its pools up', () => {
    using system = make();
    system.allocate('kv_cache', 1000, 'a');
    system.allocate('gradients', 3000, 'a');
    system.deallocate('kv_cache', 'a');
    system.allocate('kv_cache', 100 * KIB, 'b');
    const stats = system.getSystemStats();
    expect(stats).toMatchObject({
      size: 6 * 64 * KIB,
      blocks: { current: 1, peak: 2, allocated: 2, freed: 1 },
      reserved: { current: 4096, peak: 5120, allocated: 5120, freed: 1024 },
      requested: { current: 3000, allocated: 4000 },
      freeBytes: 6 * 64 * KIB - 4096,
      largestFreeBytes: 64 * KIB,
      memoryBlocks: 1,
      failures: 1,
      leaks: 0,
      utilization: 4096 / (6 * 64 * KIB),
    });
    expect(Object.keys(stats.pools)).toEqual(Object.values(TensorType));
  });

  test('times operations, of each pool and in all', () => {
    using system = make({ timing: 1 });
    for (const [i, type] of Object.values(TensorType).entries()) system.allocate(type, 100 * (i + 1), 'a');
    system.deallocate('gradients', 'a');
    const { pools, ...all } = system.getPerformanceMetrics();
    expect(all).toMatchObject({ allocationCount: 6, deallocationCount: 1, timedAllocationCount: 6, failureCount: 0 });
    expect(all.totalAllocationTime).toBeCloseTo(
      Object.values(pools).reduce((sum, pool) => sum + pool.totalAllocationTime, 0),
      12,
    );
    expect(all.averageAllocationTime).toBeCloseTo(all.totalAllocationTime / 6, 12);
    expect(pools.gradients).toMatchObject({ allocationCount: 1, deallocationCount: 1 });
  });

  test('compacts and pictures the pools that are in use', () => {
    using system = make({ fits: { activations: 'tlsf' } });
    expect([system.compact(), system.snapshot()]).toEqual([{}, []]);
    for (const type of ['kv_cache', 'activations'] as const) {
      for (let i = 0; i < 64; i++) system.allocate(type, KIB, `${i}`);
      for (let i = 0; i < 64; i += 2) system.deallocate(type, `${i}`);
    }
    const gained = system.compact();
    expect(Object.keys(gained)).toEqual(['kv_cache', 'activations']);
    expect(gained.kv_cache).toMatchObject({ largestFreeBefore: KIB, largestFreeAfter: 32 * KIB });
    expect(system.snapshot().map(({ type, blocks }) => [type, blocks.filter(({ id }) => id !== undefined).length])).toEqual([
      ['kv_cache', 32],
      ['activations', 32],
    ]);
  });

  test('all of it is in one collection, by pool', async () => {
    const { collector, reader, provider } = setUp();
    using system = make({ collector });
    for (const type of Object.values(TensorType)) system.allocate(type, KIB, 'a');
    const used = await reader.snapshot(({ name }) => name === 'memory_pool_used');
    expect(used.map(({ tags, value }) => [tags['pool.type'], tags['pool.name'], value])).toEqual(
      Object.values(TensorType).map((type) => [type, type, KIB]),
    );
    await provider.shutdown();
  });

  test.each<[Record<string, unknown>, string]>([
    [{ sizes: { kv_cache: 1000 } }, 'sizes.kv_cache must be a multiple of minBlockSize (256), not 1000'],
    [{ sizes: { gradients: 0 } }, 'sizes.gradients must be an integer from 256'],
    [{ sizes: { tensors: 4096 } }, 'sizes: there is no tensor type "tensors"'],
    [{ fits: { tensors: 'tlsf' } }, 'fits: there is no tensor type "tensors"'],
    [{ minBlockSize: 100 }, 'minBlockSize must be a power of two'],
  ])('refuses the options %j at once', (options, message) => {
    expect(() => make(options)).toThrow(message);
  });

  test('refuses a type that is none', () => {
    expect(() => make().allocate('tensors' as never, 1, 'a')).toThrow('there is no tensor type "tensors", only kv_cache, image_features');
  });
});
