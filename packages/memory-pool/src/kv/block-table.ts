const FIRST_CAPACITY = 8;

/**
 * Where the tokens of one sequence are: token `i` is in block `blocks[floor(i / blockTokens)]`, at place `i % blockTokens` of it. As in
 * PagedAttention (Kwon et al. 2023), the blocks may lie anywhere, and be those of other sequences too.
 */
export class BlockTable {
  tokens = 0;
  #entries: Int32Array;
  #length: number;

  constructor(entries: Int32Array = new Int32Array(FIRST_CAPACITY), length = 0) {
    this.#entries = entries;
    this.#length = length;
  }

  /** How many blocks it has. */
  get length(): number {
    return this.#length;
  }

  /** Numbers of the blocks, in the order of their tokens. Not a copy, and out of date once the table changes. */
  get blocks(): Int32Array {
    return this.#entries.subarray(0, this.#length);
  }

  at(index: number): number {
    return this.#entries[index]!;
  }

  push(block: number): void {
    if (this.#length === this.#entries.length) {
      const larger = new Int32Array(this.#length * 2);
      larger.set(this.#entries);
      this.#entries = larger;
    }
    this.#entries[this.#length++] = block;
  }

  replaceLast(block: number): void {
    this.#entries[this.#length - 1] = block;
  }

  copy(): BlockTable {
    const copy = new BlockTable(this.#entries.slice(), this.#length);
    copy.tokens = this.tokens;
    return copy;
  }
}
