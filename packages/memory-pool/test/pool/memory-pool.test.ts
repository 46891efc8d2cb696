import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { diag } from '@opentelemetry/api';
import { CentralizedMetricsCollector } from '@otel-perf/metrics';
import {
  BlockError,
  BuddyAllocator,
  MemoryPool,
  NO_BLOCK,
  TensorType,
  type Fit,
  type MemoryPoolOptions,
  type OnFailure,
} from '../../src/index.ts';
import { setUp } from './collector.ts';

const collector = new CentralizedMetricsCollector();

function make<Failure extends OnFailure = 'null'>(options: Partial<MemoryPoolOptions<Failure>> = {}): MemoryPool<Failure> {
  return new MemoryPool<Failure>({ type: TensorType.KV_CACHE, size: 65_536, collector, ...options });
}

describe('a block', () => {
  test('has id, sizes, place, time and views of any element type', () => {
    const pool = make();
    const block = pool.allocate(1000, 'tensor_1')!;
    expect(block).toMatchObject({ id: 'tensor_1', requested: 1000, size: 1024, offset: 0, state: 'live' });
    expect(Math.abs(block.allocatedAt - Date.now())).toBeLessThan(60_000);
    expect(block.view()).toHaveLength(1000);
    const floats = block.view('float64');
    expect(floats).toBeInstanceOf(Float64Array);
    floats.fill(1.5);
    expect(new Float64Array(block.view().slice().buffer)).toEqual(new Float64Array(125).fill(1.5));
    expect(pool.allocate(1)!.offset).toBe(1024);
  });

  test('without an id gets one that no live block has', () => {
    const pool = make();
    pool.allocate(1, 'block-1');
    const ids = [1, 2, 3].map(() => pool.allocate(1)!.id);
    expect(new Set(['block-1', ...ids]).size).toBe(4);
  });

  test('is freed at the end of the scope by using, unless it was freed before', () => {
    const pool = make();
    let kept;
    {
      using block = pool.allocate(100, 'a')!;
      using early = pool.allocate(100, 'b')!;
      early.free();
      kept = block;
      expect(pool.stats().blocks.current).toBe(1);
    }
    expect(kept.state).toBe('freed');
    expect(pool.stats().blocks).toEqual({ current: 0, peak: 2, allocated: 2, freed: 2 });
  });

  test('that is freed says so, and keeps the pool unharmed', () => {
    const pool = make();
    const block = pool.allocate(100, 'a')!;
    block.free();
    for (const use of [() => block.free(), () => block.view(), () => block.offset, () => block.size, () => pool.deallocate(block)])
      expect(use).toThrow(new BlockError('block "a" is freed'));
    expect(block).toMatchObject({ id: 'a', requested: 100, state: 'freed' });
    expect(pool.stats()).toMatchObject({ freeBytes: 65_536, blocks: { freed: 1 } });
  });

  test('is freed by id too, which then is free to be used again', () => {
    const pool = make();
    const block = pool.allocate(100, 'a')!;
    expect(pool.has('a')).toBe(true);
    pool.deallocate('a');
    expect([pool.has('a'), block.state]).toEqual([false, 'freed']);
    expect(() => pool.deallocate('a')).toThrow(new BlockError('memory pool "kv_cache" has no live block "a"'));
    expect(pool.allocate(100, 'a')?.state).toBe('live');
    expect(block.state).toBe('freed');
  });

  test('of another pool, or what is no block, is refused', () => {
    const [pool, other] = [make(), make({ name: 'other' })];
    const block = other.allocate(1, 'a')!;
    expect(() => pool.deallocate(block)).toThrow(new BlockError('block "a" is not of memory pool "kv_cache"'));
    expect(() => pool.deallocate({} as never)).toThrow(BlockError);
    expect(block.state).toBe('live');
  });
});

describe('allocate refuses', () => {
  test.each([
    ['no number', '10', RangeError],
    ['a fraction', 1.5, RangeError],
    ['zero', 0, RangeError],
    ['less', -1, RangeError],
    ['NaN', NaN, RangeError],
  ])('a size that is %s', (_what, bytes, error) => {
    const pool = make();
    expect(() => pool.allocate(bytes as never, 'a')).toThrow(error);
    expect(pool.stats()).toMatchObject({ failures: 0, blocks: { allocated: 0 } });
    expect(pool.has('a')).toBe(false);
  });

  test('an id twice, an empty one and one that is no text', () => {
    const pool = make();
    pool.allocate(1, 'a');
    expect(() => pool.allocate(1, 'a')).toThrow(new BlockError('the id "a" is in use in memory pool "kv_cache"'));
    expect(() => pool.allocate(1, '')).toThrow(new RangeError('id must not be empty'));
    expect(() => pool.allocate(1, 7 as never)).toThrow(new TypeError('id must be a string, not 7'));
    expect(pool.stats().blocks.current).toBe(1);
  });
});

describe('bare handles', () => {
  test('are those of the allocator', () => {
    const allocator = new BuddyAllocator({ size: 4096 });
    const pool = make({ fit: allocator });
    const handle = pool.malloc(300);
    pool.view(handle).fill(7);
    expect(allocator.view(handle)).toEqual(new Uint8Array(300).fill(7));
    expect(pool.view(handle, 'int32')).toHaveLength(75);
    pool.free(handle);
    expect(() => pool.free(handle)).toThrow(BlockError);
    expect(() => pool.free(3)).toThrow(BlockError);
    expect(pool.malloc(5000)).toBe(NO_BLOCK);
    expect(pool.stats()).toMatchObject({ size: 4096, failures: 1, memoryBlocks: 0, freeBytes: 4096 });
  });

  test('give NO_BLOCK also where allocate throws', () => {
    expect(make({ onFailure: 'throw' }).malloc(1e6)).toBe(NO_BLOCK);
  });
});

describe('a pool', () => {
  test.each<[Fit, Partial<MemoryPoolOptions>]>([
    ['buddy', {}],
    ['slab', {}],
    ['tlsf', {}],
    ['fixed', { blockSize: 4096 }],
  ])('with fit %s gives zeros on request, whatever was there before', (fit, options) => {
    const pool = make({ fit, zero: true, ...options });
    for (let round = 0; round < 3; round++) {
      const blocks = [pool.allocate(3000)!, pool.allocate(100)!];
      const handle = pool.malloc(2000);
      for (const view of [...blocks.map((block) => block.view()), pool.view(handle)]) {
        expect(view.every((byte) => byte === 0)).toBe(true);
        view.fill(255);
      }
      for (const block of blocks) block.free();
      pool.free(handle);
    }
  });

  test('says how full it is, and what rounding up and fragmentation cost', () => {
    const pool = make({ size: 4096 });
    const blocks = Array.from({ length: 16 }, () => pool.allocate(192)!);
    for (const block of blocks.filter((_, i) => i % 2 === 0)) block.free();
    expect(pool.stats()).toMatchObject({
      type: 'kv_cache',
      name: 'kv_cache',
      size: 4096,
      reserved: { current: 2048, peak: 4096 },
      requested: { current: 1536, peak: 3072 },
      freeBytes: 2048,
      largestFreeBytes: 256,
      memoryBlocks: 8,
      utilization: 0.5,
      internalFragmentation: 0.25,
      fragmentation: 0.875,
    });
  });

  test('of equal blocks is never fragmented', () => {
    const pool = make({ fit: 'fixed', blockSize: 1024 });
    expect(pool.stats()).toMatchObject({ fragmentation: 0, largestFreeBytes: 1024 });
    const blocks = Array.from({ length: 64 }, () => pool.allocate(1024)!);
    expect(pool.stats()).toMatchObject({ fragmentation: 0, largestFreeBytes: 0 });
    blocks[5]!.free();
    expect(pool.stats()).toMatchObject({ fragmentation: 0, largestFreeBytes: 1024 });
  });

  test('gives a picture of its memory', () => {
    const pool = make({ size: 1024, name: 'mine' });
    const block = pool.allocate(200, 'a')!;
    pool.malloc(256);
    pool.allocate(500, 'b')!.free();
    const { blocks, ...rest } = pool.snapshot();
    expect(rest).toEqual({ type: 'kv_cache', name: 'mine', size: 1024, takenAt: expect.any(Number) });
    expect(blocks).toEqual([
      { id: 'a', ageMillis: expect.any(Number), offset: 0, size: 256, state: 'live', requested: 200 },
      { offset: 256, size: 256, state: 'live', requested: 256 },
      { offset: 512, size: 512, state: expect.stringMatching(/free|cached/) },
    ]);
    expect(blocks[0]!.ageMillis).toBeGreaterThanOrEqual(0);
    expect(block.state).toBe('live');
  });

  test('counts and times operations: all of them on request', () => {
    const pool = make({ timing: 1 });
    for (const id of ['a', 'b', 'c']) pool.allocate(10, id);
    pool.deallocate('b');
    pool.allocate(1e6);
    const times = pool.getPerformanceMetrics();
    expect(times).toMatchObject({
      allocationCount: 3,
      deallocationCount: 1,
      failureCount: 1,
      timedAllocationCount: 3,
      timedDeallocationCount: 1,
    });
    expect(times.totalAllocationTime).toBeCloseTo(times.averageAllocationTime * 3, 12);
    expect(times.averageDeallocationTime).toBe(times.totalDeallocationTime);
  });

  test('by default times the first operation of each kind, and ever fewer of those that follow at once, one in 8192 at least', () => {
    const pool = make();
    expect(pool.getPerformanceMetrics()).toMatchObject({ timedAllocationCount: 0, averageAllocationTime: 0, totalAllocationTime: 0 });
    pool.free(pool.malloc(10));
    expect(pool.getPerformanceMetrics()).toMatchObject({ timedAllocationCount: 1, timedDeallocationCount: 1 });
    for (let i = 1; i < 82_000; i++) pool.free(pool.malloc(10));
    const { timedAllocationCount, timedDeallocationCount } = pool.getPerformanceMetrics();
    expect(timedAllocationCount).toBeGreaterThan(10);
    expect(timedAllocationCount).toBeLessThan(8200);
    expect(timedDeallocationCount).toBeGreaterThan(10);
  });

  test('times one operation in as many as asked for', () => {
    const pool = make({ timing: 100 });
    for (let i = 0; i < 1001; i++) pool.free(pool.malloc(10));
    expect(pool.getPerformanceMetrics()).toMatchObject({ allocationCount: 1001, timedAllocationCount: 11, timedDeallocationCount: 11 });
  });

  test('that is not measured does what others do, and has no metrics', async () => {
    const { collector, reader } = setUp();
    const pool = new MemoryPool({ type: 'x', size: 4096, metrics: false, timing: 1, collector });
    const block = pool.allocate(1000, 'a')!;
    block.view().fill(3);
    pool.malloc(256);
    pool.allocate(100, 'b');
    block.free();
    expect(pool.allocate(4000)).toBeNull();
    expect(pool.stats()).toMatchObject({ memoryBlocks: 1, blocks: { current: 0, allocated: 0 }, failures: 1, freeBytes: 4096 - 512 });
    expect(pool.compact()).toMatchObject({ pinned: 1 });
    expect(pool.getPerformanceMetrics()).toMatchObject({ timedAllocationCount: 0 });
    expect(await reader.snapshot()).toEqual([]);
  });

  test('that is closed has freed its blocks, and refuses whatever else is asked of it', () => {
    let kept;
    {
      using pool = make();
      kept = { pool, block: pool.allocate(10, 'a')!, handle: pool.malloc(1) };
    }
    const { pool, block, handle } = kept;
    expect(block.state).toBe('freed');
    block[Symbol.dispose]();
    for (const use of [() => pool.allocate(1), () => pool.malloc(1), () => pool.free(handle), () => pool.stats(), () => pool.compact()])
      expect(use).toThrow('memory pool "kv_cache" is closed');
    expect(() => pool.close()).not.toThrow();
  });

  test.each<[Partial<Record<keyof MemoryPoolOptions, unknown>>, string]>([
    [{ type: '' }, 'type must not be empty'],
    [{ type: 5 }, 'type must be a string, not 5'],
    [{ name: '' }, 'name must not be empty'],
    [{ size: undefined }, 'size must be given'],
    [{ size: 1000 }, 'size must be a multiple of minBlockSize (256), not 1000'],
    [{ minBlockSize: 100 }, 'minBlockSize must be a power of two'],
    [{ fit: 'best' }, 'fit must be one of buddy, slab, tlsf, fixed or an allocator, not best'],
    [{ fit: 'fixed' }, 'blockSize must be given for fit "fixed"'],
    [{ onFailure: 'exit' }, 'onFailure must be "null" or "throw", not exit'],
    [{ leaks: 'all' }, 'leaks must be true or false, not "all"'],
    [{ zero: 1 }, 'zero must be true or false, not 1'],
    [{ timing: 0 }, 'timing must be an integer of at least 1, not 0'],
  ])('refuses the options %j', (options, message) => {
    expect(() => make(options as never)).toThrow(message);
  });
});

describe('a block that moves', () => {
  let lines: string[];
  beforeEach(() => {
    lines = [];
    const log = (line: string) => void lines.push(line);
    diag.setLogger({ error: log, warn: log, info: log, debug: () => {}, verbose: () => {} }, { suppressOverrideMessage: true });
  });
  afterEach(() => diag.disable());

  /** Four blocks of a quarter each, of which the first and the third are free. */
  function fragmented(options: Partial<MemoryPoolOptions> = {}) {
    const pool = make({ size: 4096, ...options });
    const blocks = ['a', 'b', 'c', 'd'].map((id) => pool.allocate(1024, id)!);
    for (const [i, block] of blocks.entries()) block.view().fill(i + 1);
    blocks[0]!.free();
    blocks[2]!.free();
    return { pool, b: blocks[1]!, d: blocks[3]! };
  }

  test('has its bytes where it lies now, and its owner is told', () => {
    const all = jest.fn();
    const { pool, b, d } = fragmented({ onMove: all });
    const [ofB, ofD] = [jest.fn(), jest.fn()];
    b.onMove(ofB);
    d.onMove(ofD);
    expect(pool.allocate(2048)).toBeNull();
    expect(pool.compact()).toEqual({
      blocksMoved: 1,
      bytesCopied: 1024,
      pinned: 0,
      largestFreeBefore: 1024,
      largestFreeAfter: 2048,
      freeBytes: 2048,
    });
    expect([b.offset, d.offset]).toEqual([1024, 0]);
    expect([b.view().every((byte) => byte === 2), d.view().every((byte) => byte === 4)]).toEqual([true, true]);
    expect(ofD.mock.calls).toEqual([[{ id: 'd', from: 3072, to: 0 }]]);
    expect(all.mock.calls).toEqual(ofD.mock.calls);
    expect(ofB).not.toHaveBeenCalled();
    expect(pool.allocate(2048)?.offset).toBe(2048);
    d.free();
    expect(pool.stats().freeBytes).toBe(1024);
  });

  test('is no allocation and no peak in the statistics', () => {
    const { pool } = fragmented();
    const before = pool.stats();
    pool.compact();
    const after = pool.stats();
    for (const kind of ['blocks', 'reserved', 'requested', 'failures'] as const) expect(after[kind]).toEqual(before[kind]);
  });

  test('is not one whose bare handle somebody has', () => {
    const pool = make({ size: 4096 });
    const handles = Array.from({ length: 4 }, () => pool.malloc(1024)).sort((a, b) => a - b);
    pool.free(handles[0]!);
    pool.free(handles[2]!);
    pool.view(handles[3]!).fill(9);
    expect(pool.compact()).toMatchObject({ blocksMoved: 0, pinned: 2, largestFreeAfter: 1024 });
    expect(pool.view(handles[3]!)).toEqual(new Uint8Array(1024).fill(9));
  });

  test('may be freed, and others allocated, by who is told; what a listener throws is logged', () => {
    const { pool, d } = fragmented({
      onMove: () => {
        throw new Error('no');
      },
    });
    d.onMove(() => {
      d.free();
      pool.allocate(1024, 'e');
    });
    expect(pool.compact().blocksMoved).toBe(1);
    expect([d.state, pool.has('e')]).toEqual(['freed', true]);
    expect(lines).toEqual(['otel-perf: onMove of a memory pool threw Error: no']);
  });
});
