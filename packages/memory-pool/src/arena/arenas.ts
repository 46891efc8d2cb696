/**
 * An address space of `size` bytes over buffers of `arenaSize` each, the last one shorter where it does not come out even. A buffer is
 * made when it is opened, so that memory which nobody asks for is not even reserved. Buffers are never resizable: reading through those
 * is several times slower in V8.
 */
export class Arenas {
  readonly size: number;
  readonly arenaSize: number;
  /** By index; a hole for one that is not open. */
  readonly buffers: (ArrayBuffer | undefined)[];
  /** Each buffer as bytes. */
  readonly bytes: (Uint8Array<ArrayBuffer> | undefined)[];

  constructor(size: number, arenaSize: number) {
    this.size = size;
    this.arenaSize = arenaSize;
    const count = Math.ceil(size / arenaSize);
    this.buffers = Array.from({ length: count }, () => undefined);
    this.bytes = Array.from({ length: count }, () => undefined);
  }

  /** @throws RangeError where the system has no memory for it; nothing has changed then. */
  open(index: number): void {
    if (this.buffers[index] !== undefined) return;
    const buffer = new ArrayBuffer(Math.min(this.arenaSize, this.size - index * this.arenaSize));
    this.bytes[index] = new Uint8Array(buffer);
    this.buffers[index] = buffer;
  }
}
