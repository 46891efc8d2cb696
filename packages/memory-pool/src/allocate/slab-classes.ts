/** What slots are cut by, and aligned to. */
export const GRANULE = 16;
export const GRANULE_LOG2 = 4;
/** Slots of the largest size of an octave that a run has at least. */
const LEAST_SLOTS = 4;

/** Slots of one size, and the runs that they are cut from. */
export interface SlabClass {
  readonly index: number;
  /** What every slot has room for; some have a granule more. */
  readonly slotSize: number;
  readonly slots: number;
  /** Bytes of a run, a power of two. */
  readonly runSize: number;
  /** Where each slot begins in its run, in granules, and the end of the last one. */
  readonly starts: Int32Array;
}

/**
 * Four classes an octave. They come from cutting one size of run into 4, 5, 6 or 7 parts (or a multiple of that) rather than from steps
 * of equal width, so that slots of every class fill their runs: nothing is left at the end that would be of no use. For log-uniform sizes
 * rounding up to them costs 9 %.
 */
export function slabClasses(largestSlot: number, leastRun: number): readonly SlabClass[] {
  const bySize = new Map<number, Omit<SlabClass, 'index'>>();
  for (let top = GRANULE; top <= largestSlot; top *= 2) {
    const runSize = Math.max(leastRun, LEAST_SLOTS * top);
    for (const quarters of [7, 6, 5, 4]) {
      const slots = ((runSize / top) * quarters) / 4;
      const granules = runSize / GRANULE;
      const slotSize = Math.floor(granules / slots) * GRANULE;
      const starts = Int32Array.from({ length: slots + 1 }, (_, i) => Math.floor((i * granules) / slots));
      // Sizes of few granules may come out as one that is there, which has more slots for the same.
      if (slotSize > 0 && !bySize.has(slotSize)) bySize.set(slotSize, { slotSize, slots, runSize, starts });
    }
  }
  return [...bySize.values()].sort((a, b) => a.slotSize - b.slotSize).map((each, index) => ({ index, ...each }));
}

/** The index of the class for so many granules. */
export function classTable(classes: readonly SlabClass[]): Uint8Array {
  const table = new Uint8Array(classes.at(-1)!.slotSize / GRANULE + 1);
  let index = 0;
  for (let granules = 1; granules < table.length; granules++) {
    while (classes[index]!.slotSize < granules * GRANULE) index++;
    table[granules] = index;
  }
  return table;
}
