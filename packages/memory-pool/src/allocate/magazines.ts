/** Orders, from 0 on, of which there are magazines. */
export const ORDERS = 32;
/** What lies below the first block of a magazine. */
export const EMPTY = -1;
/** What lies above the last one that fits. */
export const FULL = -2;

const MOST = 1024;
const LEAST = 4;

/**
 * Stacks of freed blocks, one for each order, in one array: entry `order` is the index behind the last block of its stack. Each stack
 * lies between `EMPTY` and `FULL`, so that one read tells whether there is a block, or room for one.
 *
 * Magazines: J. Bonwick and J. Adams, "Magazines and Vmem" (2001).
 */
export function magazines(capacityOf: (order: number) => number): Int32Array<ArrayBuffer> {
  const slots: number[] = Array.from({ length: ORDERS }, () => 0);
  for (let order = 0; order < ORDERS; order++) {
    slots.push(EMPTY);
    slots[order] = slots.length;
    for (let i = capacityOf(order); i > 0; i--) slots.push(0);
    slots.push(FULL);
  }
  return Int32Array.from(slots);
}

/**
 * Up to a 64th of the allocator, so that what waits in a magazine hardly ever is what a larger request lacks; small blocks come and go
 * in greater numbers, and merging those at once would cost the more. None of blocks that are more than an 8th of the allocator.
 */
export function magazineCapacity(size: number, blockSize: number): number {
  return Math.min(MOST, Math.max(Math.floor(size / 64 / blockSize), Math.min(LEAST, Math.floor(size / 8 / blockSize))));
}
