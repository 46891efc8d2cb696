import type { AllocatorStats, Tally } from '../model/allocator.ts';
import {
  COUNTS,
  EVER,
  FAILURES,
  MASK,
  MERGES,
  MISSES,
  NOW,
  ORDERS,
  PEAKS,
  REQUESTED_EVER,
  SPLITS,
  TOP,
  type SharedState,
} from './layout.ts';
import type { Slot } from './slot.ts';

/** Lets what `slot` had live at most since the last time count for the peaks of all. The caller holds the lock. */
export function settlePeaks({ totals }: SharedState, slots: readonly Slot[], { id, figures }: Slot): void {
  for (let i = 0; i < 3; i++) {
    totals[PEAKS + i] = Math.max(totals[PEAKS + i]!, sumOthers(slots, id, NOW + i) + figures[TOP + i]!);
    figures[TOP + i] = figures[NOW + i]!;
  }
}

/** Read without the lock: exact once no thread is inside an operation. */
export function sharedStats({ header, totals }: SharedState, slots: readonly Slot[], minBlockSize: number, size: number): AllocatorStats {
  const sizes = Array.from({ length: ORDERS }, (_, order) => minBlockSize * 2 ** order);
  const sumOf = (perOrder: (order: number) => number) => sizes.reduce((sum, blockSize, order) => sum + blockSize * perOrder(order), 0);
  const ever = sizes.map((_, order) => sum(slots, EVER + order));
  const blocksEver = ever.reduce((total, count) => total + count, 0);
  const tally = (i: number, allocated: number, unit: number): Tally => {
    const current = sum(slots, NOW + i) * unit;
    const tops = slots.map(({ id, figures }) => sumOthers(slots, id, NOW + i) + figures[TOP + i]!);
    return { current, peak: Math.max(totals[PEAKS + i]!, ...tops) * unit, allocated, freed: allocated - current };
  };
  const freeBlocks = sizes
    .map((blockSize, order) => ({ size: blockSize, count: header[COUNTS + order]! }))
    .filter(({ count }) => count > 0);
  return {
    size,
    blocks: tally(0, blocksEver, 1),
    reserved: tally(
      1,
      sumOf((order) => ever[order]!),
      minBlockSize,
    ),
    requested: tally(2, sum(slots, REQUESTED_EVER), 1),
    cachedBytes: sumOf((order) => slots.reduce((total, { counts }) => total + counts[order]!, 0)),
    freeBytes: sumOf((order) => header[COUNTS + order]!),
    largestFreeBytes: header[MASK] === 0 ? 0 : sizes[31 - Math.clz32(header[MASK]!)]!,
    freeBlocks,
    failures: sum(slots, FAILURES),
    magazineHits: blocksEver - sum(slots, MISSES),
    splits: totals[SPLITS]!,
    merges: totals[MERGES]!,
  };
}

function sum(slots: readonly Slot[], figure: number): number {
  return slots.reduce((total, { figures }) => total + figures[figure]!, 0);
}

function sumOthers(slots: readonly Slot[], id: number, figure: number): number {
  let total = 0;
  for (const slot of slots) if (slot.id !== id) total += slot.figures[figure]!;
  return total;
}
