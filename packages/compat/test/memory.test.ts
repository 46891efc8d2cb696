import { describe, expect, test } from '@jest/globals';
import { AdvancedMemoryPoolingSystem, BuddyAllocator, MemoryBlock, MemoryPool, TensorType } from '../src/advanced_memory_pooling_system.ts';
import { get_metrics_collector } from '../src/centralized_metrics_collector.ts';
import { values } from './recorded.ts';

const TYPES = ['kv_cache', 'image_features', 'text_embeddings', 'gradients', 'activations', 'parameters'] as const;
const MIB = 2 ** 20;
const KIB = 1024;

const small = () =>
  new AdvancedMemoryPoolingSystem({
    kv_cache_size: 64 * KIB,
    image_features_size: 64 * KIB,
    text_embeddings_size: 64 * KIB,
    gradients_size: 64 * KIB,
    activations_size: 64 * KIB,
    parameters_size: 64 * KIB,
  });

describe('TensorType', () => {
  test('has the six types', () => {
    expect(Object.keys(TensorType)).toEqual(['KV_CACHE', 'IMAGE_FEATURES', 'TEXT_EMBEDDINGS', 'GRADIENTS', 'ACTIVATIONS', 'PARAMETERS']);
    expect(Object.values(TensorType)).toEqual(TYPES);
  });
});

describe('AdvancedMemoryPoolingSystem', () => {
  test('has pools of the documented sizes, none of which takes memory before it is used', () => {
    const before = process.memoryUsage().rss;
    const system = new AdvancedMemoryPoolingSystem();
    expect(TYPES.map((type) => system.get_pool_stats(type).pool_size / MIB)).toEqual([512, 256, 128, 512, 256, 1024]);
    expect(process.memoryUsage().rss - before).toBeLessThan(128 * MIB);
  });

  test('allocates a block with the documented fields', () => {
    const block = small().allocate(TensorType.KV_CACHE, 1000, 'tensor_1');
    expect(block).toBeInstanceOf(MemoryBlock);
    expect({ ...block }).toEqual({
      start_addr: 0,
      size: 1024,
      is_free: false,
      tensor_type: 'kv_cache',
      tensor_id: 'tensor_1',
      timestamp: expect.any(Number),
    });
    expect(Math.abs(block!.timestamp - Date.now() / 1e3)).toBeLessThan(60);
  });

  test('a block is real memory', () => {
    const block = small().allocate(TensorType.GRADIENTS, 4000, 'layer')!;
    block.view('float32').fill(0.5);
    expect([block.view('float32').length, block.view('float32')[999], block.view().length]).toEqual([1000, 0.5, 4000]);
  });

  test('allocate gives null when the pool has no room, for whatever reason', () => {
    const system = small();
    expect(system.allocate(TensorType.KV_CACHE, 64 * KIB + 1, 'too large')).toBeNull();
    expect(system.allocate(TensorType.KV_CACHE, 2 ** 40, 'far too large')).toBeNull();
    system.allocate(TensorType.KV_CACHE, 64 * KIB, 'all');
    expect(system.allocate(TensorType.KV_CACHE, 1, 'one more')).toBeNull();
    expect(system.allocate(TensorType.GRADIENTS, 1, 'elsewhere')).not.toBeNull();
  });

  test('deallocate gives true, and false for an unknown id or another type', () => {
    const system = small();
    const block = system.allocate(TensorType.KV_CACHE, 100, 'a')!;
    expect(system.deallocate(TensorType.GRADIENTS, 'a')).toBe(false);
    expect(system.deallocate(TensorType.KV_CACHE, 'b')).toBe(false);
    expect(system.deallocate(TensorType.KV_CACHE, 'a')).toBe(true);
    expect(block.is_free).toBe(true);
    expect(system.deallocate(TensorType.KV_CACHE, 'a')).toBe(false);
    expect(system.allocate(TensorType.KV_CACHE, 100, 'a')).not.toBeNull();
  });

  test('blocks live until they are freed by id, whether somebody keeps them or not', () => {
    const system = small();
    for (let i = 0; i < 64; i++) system.allocate(TensorType.PARAMETERS, KIB, `${i}`);
    expect(system.allocate(TensorType.PARAMETERS, 1, 'more')).toBeNull();
    for (let i = 0; i < 64; i++) expect(system.deallocate(TensorType.PARAMETERS, `${i}`)).toBe(true);
  });

  test('get_pool_stats has the documented fields', () => {
    const system = small();
    expect(system.get_pool_stats(TensorType.ACTIVATIONS)).toEqual({
      total_allocated: 0,
      total_free: 65_536,
      largest_free_block: 65_536,
      fragmentation_ratio: 0,
      utilization_ratio: 0,
      allocated_blocks: 0,
      num_free_blocks: 1,
      pool_size: 65_536,
      active_allocations: 0,
      tensor_type: 'activations',
    });
    for (const id of ['a', 'b', 'c', 'd']) system.allocate(TensorType.ACTIVATIONS, 16_000, id);
    expect(system.get_pool_stats(TensorType.ACTIVATIONS)).toMatchObject({
      largest_free_block: 0,
      fragmentation_ratio: 0,
      utilization_ratio: 1,
    });
    system.deallocate(TensorType.ACTIVATIONS, 'a');
    system.deallocate(TensorType.ACTIVATIONS, 'c');
    expect(system.get_pool_stats(TensorType.ACTIVATIONS)).toEqual({
      total_allocated: 32_768,
      total_free: 32_768,
      largest_free_block: 16_384,
      fragmentation_ratio: 0.5,
      utilization_ratio: 0.5,
      allocated_blocks: 2,
      num_free_blocks: 2,
      pool_size: 65_536,
      active_allocations: 2,
      tensor_type: 'activations',
    });
  });

  test('everything freed is the start again', () => {
    const system = small();
    const before = system.get_pool_stats(TensorType.KV_CACHE);
    for (let i = 0; i < 40; i++) system.allocate(TensorType.KV_CACHE, 100 + i * 31, `${i}`);
    for (let i = 39; i >= 0; i--) system.deallocate(TensorType.KV_CACHE, `${(i * 7) % 40}`);
    expect(system.get_pool_stats(TensorType.KV_CACHE)).toEqual(before);
  });

  test('get_system_stats adds the pools up', () => {
    const system = small();
    system.allocate(TensorType.KV_CACHE, KIB, 'a');
    system.allocate(TensorType.GRADIENTS, 2 * KIB, 'a');
    const stats = system.get_system_stats();
    expect(stats).toMatchObject({
      total_pool_size: 6 * 64 * KIB,
      total_allocated: 3 * KIB,
      total_free: 6 * 64 * KIB - 3 * KIB,
      utilization_ratio: 3 / (6 * 64),
      allocated_blocks: 2,
      active_allocations: 2,
    });
    expect(Object.keys(stats.pools)).toEqual(TYPES);
  });

  test('compact_memory joins free memory, and what the blocks hold moves with them', () => {
    const system = small();
    const blocks = Array.from({ length: 64 }, (_, i) => system.allocate(TensorType.KV_CACHE, KIB, `${i}`)!);
    for (const [i, block] of blocks.entries()) block.view().fill(i);
    for (let i = 0; i < 64; i += 2) system.deallocate(TensorType.KV_CACHE, `${i}`);
    expect(system.allocate(TensorType.KV_CACHE, 2 * KIB, 'large')).toBeNull();
    const result = system.compact_memory();
    expect(Object.keys(result)).toEqual(TYPES);
    expect(result.kv_cache).toEqual({
      blocks_moved: 16,
      bytes_copied: 16 * KIB,
      largest_free_before: KIB,
      largest_free_after: 32 * KIB,
    });
    expect(system.get_pool_stats(TensorType.KV_CACHE)).toMatchObject({ fragmentation_ratio: 0, active_allocations: 32 });
    const live = blocks.filter(({ is_free }) => !is_free);
    expect(live.map(({ start_addr }) => start_addr / KIB).sort((a, b) => a - b)).toEqual(Array.from({ length: 32 }, (_, i) => i));
    for (const [i, block] of blocks.entries()) if (!block.is_free) expect(block.view().every((byte) => byte === i)).toBe(true);
    expect(system.allocate(TensorType.KV_CACHE, 32 * KIB, 'large')).not.toBeNull();
  });

  test('get_performance_metrics counts and times each operation, in all and by type', () => {
    const system = small();
    for (const type of TYPES) system.allocate(type, KIB, 'a');
    system.allocate(TensorType.KV_CACHE, KIB, 'b');
    system.allocate(TensorType.KV_CACHE, MIB, 'too large');
    system.deallocate(TensorType.KV_CACHE, 'a');
    const { system_metrics, pool_metrics, buddy_allocator_metrics } = system.get_performance_metrics();
    expect(system_metrics).toMatchObject({ system_allocation_count: 7, system_deallocation_count: 1, system_failure_count: 1 });
    const { system_total_allocation_time, system_avg_allocation_time, system_total_deallocation_time, system_avg_deallocation_time } =
      system_metrics;
    expect(system_total_allocation_time).toBeGreaterThan(0);
    expect(system_avg_allocation_time).toBeCloseTo(system_total_allocation_time / 7, 12);
    expect(system_avg_deallocation_time).toBe(system_total_deallocation_time);
    expect([Object.keys(pool_metrics), Object.keys(buddy_allocator_metrics)]).toEqual([TYPES, TYPES]);
    expect(pool_metrics.kv_cache).toMatchObject({ allocation_count: 2, deallocation_count: 1, failure_count: 1 });
    expect(pool_metrics.gradients).toMatchObject({ allocation_count: 1, deallocation_count: 0, avg_deallocation_time: 0 });
    expect(buddy_allocator_metrics.gradients).toMatchObject({ allocation_count: 1, split_count: 6, merge_count: 0 });
  });

  test('the first allocation is in the collector: a time, counters and memory', () => {
    get_metrics_collector().clear_metrics();
    small().allocate(TensorType.TEXT_EMBEDDINGS, 1000, 'a');
    const types = new Set(
      get_metrics_collector()
        .get_metrics((metric) => metric.source === 'memory_pool' && metric.tags?.['pool.type'] === 'text_embeddings')
        .map(({ metric_type }) => metric_type),
    );
    expect([...types].sort()).toEqual(expect.arrayContaining(['counter', 'memory', 'time']));
    expect(values('memory_pool_allocate_time')).toHaveLength(1);
  });

  test.each([
    [{ kv_cache_size: 0 }, 'kv_cache_size must be a positive integer, not 0'],
    [{ gradients_size: -256 }, 'gradients_size must be a positive integer, not -256'],
    [{ parameters_size: 1.5 }, 'parameters_size must be a positive integer, not 1.5'],
    [{ activations_size: 1000 }, 'activations_size must be a multiple of min_block_size (256), not 1000'],
    [{ min_block_size: 100 }, 'min_block_size must be a power of two of at least 8, not 100'],
    [{ min_block_size: 0 }, 'min_block_size must be a power of two'],
  ])('refuses %j', (options, message) => {
    expect(() => new AdvancedMemoryPoolingSystem(options)).toThrow(message);
  });

  test.each([
    ['a size of 0', 0, 'a'],
    ['a negative size', -5, 'a'],
    ['a fraction', 1.5, 'a'],
    ['no number', '5', 'a'],
    ['NaN', NaN, 'a'],
    ['an empty id', 5, ''],
    ['no id', 5, undefined],
    ['an id in use', 5, 'used'],
  ])('allocate throws for %s', (_what, size, id) => {
    const system = small();
    system.allocate(TensorType.KV_CACHE, 1, 'used');
    expect(() => system.allocate(TensorType.KV_CACHE, size as number, id as string)).toThrow();
    expect(system.get_pool_stats(TensorType.KV_CACHE).active_allocations).toBe(1);
  });

  test('a type that is none is refused', () => {
    const system = small();
    for (const call of [
      () => system.allocate('tensors' as never, 1, 'a'),
      () => system.deallocate('tensors' as never, 'a'),
      () => system.get_pool_stats('tensors' as never),
    ])
      expect(call).toThrow('there is no tensor type tensors');
  });
});

describe('BuddyAllocator', () => {
  test('allocates blocks of a power of two, and joins them when they are freed', () => {
    const allocator = new BuddyAllocator(4096);
    const block = allocator.allocate(300, TensorType.IMAGE_FEATURES, 'a')!;
    expect(block).toMatchObject({ start_addr: 0, size: 512, is_free: false, tensor_type: 'image_features', tensor_id: 'a' });
    expect(allocator.get_stats()).toEqual({
      total_allocated: 512,
      total_free: 3584,
      largest_free_block: 2048,
      fragmentation_ratio: 1 - 2048 / 3584,
      utilization_ratio: 0.125,
      allocated_blocks: 1,
      num_free_blocks: 3,
    });
    allocator.deallocate(block);
    expect(block.is_free).toBe(true);
    expect(allocator.get_stats()).toMatchObject({ total_free: 4096, largest_free_block: 4096, num_free_blocks: 1 });
    expect(allocator.get_performance_metrics()).toMatchObject({
      allocation_count: 1,
      deallocation_count: 1,
      split_count: 3,
      merge_count: 3,
    });
  });

  test('has a smallest block, 256 bytes unless told otherwise', () => {
    expect(new BuddyAllocator(4096).allocate(1, TensorType.KV_CACHE, 'a')!.size).toBe(256);
    expect(new BuddyAllocator(4096, 1024).allocate(1, TensorType.KV_CACHE, 'a')!.size).toBe(1024);
  });

  test('gives null when it is full', () => {
    const allocator = new BuddyAllocator(512);
    expect(['a', 'b', 'c'].map((id) => allocator.allocate(200, TensorType.KV_CACHE, id)?.start_addr ?? null)).toEqual([0, 256, null]);
  });

  test('throws for sizes that are none, a foreign block, and one that is freed', () => {
    expect(() => new BuddyAllocator(0)).toThrow('total_size must be a positive integer, not 0');
    expect(() => new BuddyAllocator(4096, 100)).toThrow('min_block_size must be a power of two');
    const [allocator, other] = [new BuddyAllocator(4096), new BuddyAllocator(4096)];
    expect(() => allocator.allocate(0, TensorType.KV_CACHE, 'a')).toThrow(RangeError);
    expect(() => allocator.allocate(1, TensorType.KV_CACHE, '')).toThrow('id must not be empty');
    const block = allocator.allocate(1, TensorType.KV_CACHE, 'a')!;
    expect(() => other.deallocate(block)).toThrow('not of memory pool');
    expect(() => allocator.deallocate({ ...block } as never)).toThrow('is no MemoryBlock');
    allocator.deallocate(block);
    expect(() => allocator.deallocate(block)).toThrow('block "a" is freed');
    expect(allocator.get_stats().total_free).toBe(4096);
  });
});

describe('MemoryPool', () => {
  test('is the memory of one type', () => {
    const pool = new MemoryPool(TensorType.KV_CACHE, 4096);
    const block = pool.allocate(300, 'a')!;
    expect(block).toMatchObject({ size: 512, tensor_type: 'kv_cache', tensor_id: 'a' });
    expect(pool.get_stats()).toMatchObject({ total_allocated: 512, pool_size: 4096, active_allocations: 1, tensor_type: 'kv_cache' });
    expect([pool.deallocate('a'), pool.deallocate('a'), block.is_free]).toEqual([true, false, true]);
    expect(pool.get_performance_metrics()).toMatchObject({ allocation_count: 1, deallocation_count: 1, failure_count: 0 });
    expect(pool.compact()).toEqual({ blocks_moved: 0, bytes_copied: 0, largest_free_before: 4096, largest_free_after: 4096 });
  });

  test('refuses sizes that are none', () => {
    expect(() => new MemoryPool(TensorType.KV_CACHE, 1000)).toThrow('pool_size must be a multiple of min_block_size (256), not 1000');
    expect(() => new MemoryPool('tensors' as never, 1024)).toThrow('there is no tensor type tensors');
  });
});
