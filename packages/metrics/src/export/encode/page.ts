/** Number writers store whole words and may touch this many bytes behind what they return. */
export const SLACK = 4;

/** A buffer that rows are encoded into. */
export class Page {
  readonly bytes: Buffer<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;
  /** Bytes of rows that fit. */
  readonly capacity: number;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.bytes = Buffer.allocUnsafeSlow(capacity + SLACK);
    this.view = new DataView(this.bytes.buffer);
  }

  /** The first `length` bytes. */
  head(length: number): Uint8Array {
    return this.bytes.subarray(0, length);
  }
}
