import type { Allocator } from '../model/allocator.ts';

/** Stands for the allocator of a closed pool: whatever is asked of it throws. */
export function closedAllocator(pool: string): Allocator {
  const refuse = (): never => {
    throw new Error(`memory pool ${JSON.stringify(pool)} is closed`);
  };
  return {
    size: 0,
    malloc: refuse,
    free: refuse,
    sizeOf: refuse,
    requestedOf: refuse,
    addressOf: refuse,
    offsetOf: refuse,
    bufferOf: refuse,
    view: refuse,
    stats: refuse,
    walk: refuse,
    drain: refuse,
  };
}
