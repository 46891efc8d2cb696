import { describe, expect, test } from '@jest/globals';
import { CentralizedMetricsCollector } from '@otel-perf/metrics';
import fc from 'fast-check';
import { MemoryPool, NO_BLOCK, type Fit, type Handle, type MemoryBlock } from '../../src/index.ts';

const SIZE = 64 * 1024;
const collector = new CentralizedMetricsCollector();

const FITS: [Fit, number | undefined][] = [
  ['buddy', undefined],
  ['slab', undefined],
  ['tlsf', undefined],
  ['fixed', 2048],
];

/** Bytes of each block, whether it is a bare handle, and whether it is freed again before the compaction. */
const history = fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 4096 }), bare: fc.boolean(), freed: fc.boolean() }), {
  maxLength: 150,
});

interface Lived {
  readonly pool: MemoryPool;
  readonly blocks: readonly { readonly block: MemoryBlock; readonly mark: number }[];
  readonly bare: readonly { readonly handle: Handle; readonly mark: number }[];
}

/** A pool with that behind it. Each live block is full of a mark of its own. */
function live(
  fit: Fit,
  blockSize: number | undefined,
  steps: readonly { bytes: number; bare: boolean; freed: boolean }[],
  pinning: boolean,
): Lived {
  const pool = new MemoryPool({ type: 'kv_cache', size: SIZE, fit, collector, ...(blockSize === undefined ? {} : { blockSize }) });
  const ends: (() => void)[] = [];
  const blocks = [];
  const bare = [];
  for (const [i, { bytes, freed, ...step }] of steps.entries()) {
    const mark = (i % 255) + 1;
    if (pinning && step.bare) {
      const handle = pool.malloc(bytes);
      if (handle === NO_BLOCK) continue;
      pool.view(handle).fill(mark);
      if (freed) ends.push(() => pool.free(handle));
      else bare.push({ handle, mark });
    } else {
      const block = pool.allocate(bytes);
      if (block === null) continue;
      block.view().fill(mark);
      if (freed) ends.push(() => block.free());
      else blocks.push({ block, mark });
    }
  }
  for (const end of ends) end();
  return { pool, blocks, bare };
}

const isFull = (view: Uint8Array, mark: number) => view.every((byte) => byte === mark);

describe.each(FITS)('compaction with fit %s', (fit, blockSize) => {
  test('loses no byte, moves no bare handle, and never makes the largest free block smaller', () => {
    fc.assert(
      fc.property(history, fc.boolean(), (steps, pinning) => {
        const { pool, blocks, bare } = live(fit, blockSize, steps, pinning);
        const before = pool.stats();
        const { blocksMoved, bytesCopied, pinned, largestFreeBefore, largestFreeAfter, freeBytes } = pool.compact();
        expect(largestFreeAfter).toBeGreaterThanOrEqual(largestFreeBefore);
        expect(pinned).toBe(bare.length);
        expect(blocksMoved === 0).toBe(bytesCopied === 0);
        for (const { block, mark } of blocks) expect(isFull(block.view(), mark)).toBe(true);
        for (const { handle, mark } of bare) expect(isFull(pool.view(handle), mark)).toBe(true);
        const after = pool.stats();
        expect(after).toMatchObject({ largestFreeBytes: largestFreeAfter, freeBytes });
        for (const kind of ['blocks', 'requested'] as const) {
          expect({ ...after[kind], peak: 0 }).toEqual({ ...before[kind], peak: 0 });
        }
        expect(after.blocks.peak).toBeLessThanOrEqual(before.blocks.peak + 1);
        const largest = Math.max(0, ...blocks.map(({ block }) => block.size));
        // A slab may hand out a slot of a larger class, which is then no place for the block.
        if (fit !== 'slab') expect(after.reserved.peak).toBeLessThanOrEqual(before.reserved.peak + largest);
        expect(after.memoryBlocks).toBe(blocks.length);
        for (const { block } of blocks) block.free();
        for (const { handle } of bare) pool.free(handle);
        expect(pool.stats()).toMatchObject({
          freeBytes: SIZE,
          blocks: { current: 0 },
          reserved: { current: 0 },
          requested: { current: 0 },
        });
      }),
      { numRuns: 40 },
    );
  });

  test('tells the owners of the blocks that moved, and nobody else, from where to where', () => {
    fc.assert(
      fc.property(history, (steps) => {
        const { pool, blocks } = live(fit, blockSize, steps, true);
        const places = new Map(blocks.map(({ block }) => [block, block.offset]));
        const told = new Map<MemoryBlock, readonly [number, number]>();
        for (const { block } of blocks) block.onMove(({ id, from, to }) => told.set(id === block.id ? block : ({} as never), [from, to]));
        const { blocksMoved } = pool.compact();
        expect(told.size).toBe(blocksMoved);
        for (const { block } of blocks) {
          const [from, to] = told.get(block) ?? [places.get(block)!, places.get(block)!];
          expect([places.get(block), block.offset]).toEqual([from, to]);
          expect(to).toBeLessThanOrEqual(from);
        }
      }),
      { numRuns: 30 },
    );
  });
});

test.each([
  ['buddy' as const, (units: number) => 2 ** Math.floor(Math.log2(units))],
  // What is in one piece at first is not given up for more.
  ['tlsf' as const, (units: number) => units / 2],
])('blocks of one size leave free memory in as large a piece as can be, with fit %s', (fit, least) => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 255 }), (freed) => {
      const pool = new MemoryPool({ type: 'kv_cache', size: SIZE, fit, collector });
      const blocks = Array.from({ length: 256 }, (_, i) => pool.allocate(200 + (i % 57))!);
      for (const i of freed) blocks[i]!.free();
      expect(pool.compact().largestFreeAfter).toBeGreaterThanOrEqual(least(freed.length) * 256);
    }),
    { numRuns: 50 },
  );
});

test('a pool that was never as full at its peak is compacted too, one block at a time', () => {
  const pool = new MemoryPool({ type: 'kv_cache', size: SIZE, collector });
  const [first, second, third] = [pool.allocate(1024)!, pool.allocate(1024)!, pool.allocate(1024)!];
  second.free();
  const more = pool.allocate(256)!;
  first.free();
  pool.allocate(512);
  pool.allocate(256);
  expect(pool.compact().blocksMoved).toBeGreaterThan(0);
  expect(Math.max(third.offset, more.offset)).toBeLessThan(3 * 1024);
});
