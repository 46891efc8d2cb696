/** A handle, or what stands for a block, that is of no live block of this allocator. */
export class BlockError extends Error {
  override readonly name = 'BlockError';
}

/** What `malloc` throws for what is no number of bytes. Apart from it, so that `malloc` stays short enough to be inlined. */
export function refuseBytes(bytes: unknown): never {
  throw new RangeError(`bytes must be an integer from 1 to 2147483647, not ${String(bytes)}`);
}
