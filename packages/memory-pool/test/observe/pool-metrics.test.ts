import { describe, expect, test } from '@jest/globals';
import { MetricType, PrometheusTextSerializer, type PerformanceMetricReader } from '@otel-perf/metrics';
import { BlockError, BuddyAllocator, MemoryPool, type MemoryPoolOptions, type OnFailure } from '../../src/index.ts';
import { setUp } from '../pool/collector.ts';

const TAGS = { 'pool.type': 'kv_cache', 'pool.name': 'mine' };

function start<Failure extends OnFailure = 'null'>(options: Partial<MemoryPoolOptions<Failure>> = {}) {
  const { collector, reader, provider } = setUp();
  const make = () => new MemoryPool({ type: 'kv_cache', name: 'mine', size: 4096, collector, ...options });
  return { collector, reader, provider, make, pool: make() };
}

/** What a collection shows of the pools: value by name, with the tags that are not of every metric of a pool. */
async function shown(reader: PerformanceMetricReader): Promise<Record<string, number>> {
  const metrics = await reader.snapshot(({ source }) => source === 'memory_pool');
  return Object.fromEntries(
    metrics.map(({ name, value, tags, distribution }) => {
      const { 'pool.type': _type, 'pool.name': _name, ...rest } = tags;
      return [[name, ...Object.values(rest)].join(' '), distribution?.count ?? value];
    }),
  );
}

const NOTHING = {
  memory_pool_allocations: 0,
  memory_pool_deallocations: 0,
  'memory_pool_failures memory': 0,
  'memory_pool_failures fragmentation': 0,
  'memory_pool_failures size': 0,
  memory_pool_size: 0,
  memory_pool_used: 0,
  memory_pool_requested: 0,
  memory_pool_largest_free: 0,
  memory_pool_fragmentation: 0,
  memory_pool_leaks: 0,
};

describe('the metrics of a pool', () => {
  test('are exact whenever somebody collects, in the types and with the tags of docs/metric-names.md', async () => {
    const { pool, reader, provider } = start({ timing: 1000 });
    const blocks = Array.from({ length: 16 }, (_, i) => pool.allocate(200, `t${i}`)!);
    for (const block of blocks.slice(0, 15).filter((_, i) => i % 2 === 0)) block.free();
    for (const bytes of [500, 1500, 3000, 5000]) pool.allocate(bytes);
    expect(await shown(reader)).toEqual({
      ...NOTHING,
      memory_pool_allocate_time: 1,
      memory_pool_deallocate_time: 1,
      memory_pool_allocations: 16,
      memory_pool_deallocations: 8,
      'memory_pool_failures fragmentation': 2,
      'memory_pool_failures memory': 1,
      'memory_pool_failures size': 1,
      memory_pool_size: 4096,
      memory_pool_used: 2048,
      memory_pool_requested: 1600,
      memory_pool_largest_free: 256,
      memory_pool_fragmentation: 0.875,
    });
    pool.deallocate('t15');
    expect(await shown(reader)).toMatchObject({ memory_pool_deallocations: 9, memory_pool_largest_free: 512, memory_pool_used: 1792 });
    const all = await reader.snapshot(({ source }) => source === 'memory_pool');
    for (const { tags } of all) expect(tags).toMatchObject(TAGS);
    const types = new Map(all.map(({ name, type }) => [name, type]));
    expect(types.get('memory_pool_allocate_time')).toBe(MetricType.TIME);
    expect(types.get('memory_pool_allocations')).toBe(MetricType.COUNTER);
    expect(types.get('memory_pool_used')).toBe(MetricType.MEMORY);
    expect(types.get('memory_pool_fragmentation')).toBe(MetricType.RATIO);
    await provider.shutdown();
  });

  test('have their documented names in Prometheus', async () => {
    const { pool, reader, provider } = start();
    pool.free(pool.malloc(100));
    pool.malloc(10_000);
    const text = new PrometheusTextSerializer().serialize((await reader.collect()).resourceMetrics);
    for (const name of [
      'memory_pool_allocate_time_seconds_bucket',
      'memory_pool_deallocate_time_seconds_bucket',
      'memory_pool_allocations_total',
      'memory_pool_deallocations_total',
      'memory_pool_failures_total',
      'memory_pool_size_bytes',
      'memory_pool_used_bytes',
      'memory_pool_requested_bytes',
      'memory_pool_largest_free_bytes',
      'memory_pool_fragmentation_ratio',
      'memory_pool_leaks_total',
    ])
      expect(text).toMatch(
        new RegExp(`^${name}\\{.*pool_name="mine".*pool_type="kv_cache"|^${name}\\{.*pool_type="kv_cache".*pool_name="mine"`, 'm'),
      );
    expect(text).toMatch(/^memory_pool_failures_total\{.*reason="size".*\} 1$/m);
    await provider.shutdown();
  });

  test('are in the windows of the collector with the first allocation: a time, counters and memory', () => {
    const { pool, collector } = start();
    pool.allocate(1000, 'a');
    expect(collector.getMetricStats('memory_pool_allocate_time')).toMatchObject({ count: 1 });
    expect(collector.getMetricStats('memory_pool_allocations')).toMatchObject({ count: 1, total: 1 });
    expect(collector.getMetricStats('memory_pool_used')).toMatchObject({ lastValue: 1024 });
    pool.deallocate('a');
    expect(collector.getMetricStats('memory_pool_deallocate_time')).toMatchObject({ count: 1 });
    expect(collector.getMetricStats('memory_pool_deallocations')).toMatchObject({ total: 1 });
    pool.allocate(1e6);
    expect(collector.getMetricStats('memory_pool_failures')).toMatchObject({ total: 1 });
  });

  test('are in a report of the collector as of now', () => {
    const { pool, collector } = start();
    for (let i = 0; i < 1000; i++) pool.free(pool.malloc(256));
    const totals = new Map(collector.report().statistics.map(({ name, stats }) => [name, stats.total]));
    expect([totals.get('memory_pool_allocations'), totals.get('memory_pool_deallocations')]).toEqual([1000, 1000]);
  });

  test('are those of the allocator where somebody else uses it too', async () => {
    const allocator = new BuddyAllocator({ size: 4096 });
    const { reader, provider } = start({ fit: allocator });
    allocator.malloc(256);
    expect(await shown(reader)).toMatchObject({ memory_pool_allocations: 1, memory_pool_used: 256 });
    await provider.shutdown();
  });

  test('of a compaction are what it gained, and no allocations', async () => {
    const { pool, reader, provider } = start();
    const blocks = Array.from({ length: 16 }, () => pool.allocate(256)!);
    for (const [i, block] of blocks.entries()) if (i % 2 === 0) block.free();
    const before = await shown(reader);
    pool.compact();
    expect(await shown(reader)).toEqual({ ...before, memory_pool_largest_free: 2048, memory_pool_fragmentation: 0 });
    await provider.shutdown();
  });

  test('of calls that failed have an error.type', async () => {
    const { pool, reader, provider } = start({ timing: 1 });
    pool.allocate(10_000);
    expect(() => pool.allocate(0)).toThrow(RangeError);
    expect(() => pool.free(0)).toThrow(BlockError);
    const times = Object.entries(await shown(reader)).filter(([name]) => name.includes('time'));
    expect(times.toSorted()).toEqual([
      ['memory_pool_allocate_time OutOfMemoryError', 1],
      ['memory_pool_allocate_time RangeError', 1],
      ['memory_pool_deallocate_time BlockError', 1],
    ]);
    await provider.shutdown();
  });
});

describe('pools of one type and name', () => {
  test('are added up', async () => {
    const { pool, make, reader, provider } = start();
    const other = make();
    pool.malloc(1024);
    other.malloc(2048);
    other.malloc(1024);
    expect(await shown(reader)).toMatchObject({
      memory_pool_allocations: 3,
      memory_pool_size: 8192,
      memory_pool_used: 4096,
      memory_pool_largest_free: 2048,
      // 4096 are free, of which 2048 in one piece.
      memory_pool_fragmentation: 0.5,
    });
    await provider.shutdown();
  });

  test('that are closed keep their counts and use nothing; a new one counts on', async () => {
    const { pool, make, reader, provider } = start();
    pool.allocate(1024, 'a');
    pool.allocate(10_000);
    pool.close();
    const after = { ...NOTHING, memory_pool_allocations: 1, 'memory_pool_failures size': 1 };
    expect(await shown(reader)).toMatchObject(after);
    expect(await shown(reader)).toMatchObject(after);
    make().malloc(100);
    expect(await shown(reader)).toMatchObject({ memory_pool_allocations: 2, memory_pool_size: 4096, memory_pool_used: 256 });
    await provider.shutdown();
  });

  test('with names of their own are apart', async () => {
    const { collector, reader, provider } = setUp();
    for (const name of ['a', 'b']) new MemoryPool({ type: 'kv_cache', name, size: 4096, collector }).malloc(100);
    const used = await reader.snapshot(({ name }) => name === 'memory_pool_used');
    expect(used.map(({ tags, value }) => [tags['pool.name'], value])).toEqual([
      ['a', 256],
      ['b', 256],
    ]);
    await provider.shutdown();
  });
});

test('a collection asks the allocator once', async () => {
  const allocator = new BuddyAllocator({ size: 4096 });
  const { reader, provider } = start({ fit: allocator });
  let asked = 0;
  const { stats } = allocator;
  allocator.stats = function count() {
    asked++;
    return stats.call(this);
  };
  await reader.collect();
  await reader.collect();
  expect(asked).toBe(2);
  await provider.shutdown();
});
