import { classOf, classWithRoom, OCTAVES, PARTS, PARTS_LOG2 } from './tlsf-classes.ts';

const NONE = -1;

/**
 * The free blocks in doubly linked lists, one a class, with a bitmap on each of the two levels telling which lists hold any; so that
 * inserting, removing and finding take a fixed number of steps. Links lie in tables by unit, not in the blocks.
 */
export class TlsfLists {
  /** Of listed blocks. Of others the owner may use the entry as it likes. */
  readonly next: Int32Array;
  readonly #previous: Int32Array;
  readonly #units: Int32Array;
  readonly #heads = new Int32Array(OCTAVES * PARTS).fill(NONE);
  readonly #parts = new Int32Array(OCTAVES);
  #octaves = 0;

  /** `units` is the owner's table of block sizes, by the block's first unit. */
  constructor(units: Int32Array) {
    this.next = new Int32Array(units.length);
    this.#previous = new Int32Array(units.length);
    this.#units = units;
  }

  /** The size of `block` must be known, and must not change until it is removed. */
  insert(block: number): void {
    const row = classOf(this.#units[block]!);
    const head = this.#heads[row]!;
    this.next[block] = head;
    this.#previous[block] = NONE;
    if (head !== NONE) this.#previous[head] = block;
    this.#heads[row] = block;
    this.#parts[row >>> PARTS_LOG2]! |= 1 << (row & (PARTS - 1));
    this.#octaves |= 1 << (row >>> PARTS_LOG2);
  }

  remove(block: number): void {
    const next = this.next[block]!;
    const previous = this.#previous[block]!;
    if (next !== NONE) this.#previous[next] = previous;
    if (previous !== NONE) this.next[previous] = next;
    else this.#behead(classOf(this.#units[block]!), next);
  }

  /**
   * A listed block of at least `units`, or -1 where there is none. Good fit: the first block of the lowest class that has room for
   * certain. The paper stops there; before giving up, this looks through the class of `units` itself, whose blocks may have room or not,
   * so that what is there is always found. That takes as many steps as the class has blocks, and only where memory is nearly full.
   */
  find(units: number): number {
    const row = this.#firstFrom(classWithRoom(units));
    return row === NONE ? this.#firstFitOf(classOf(units), units) : this.#heads[row]!;
  }

  /** Every listed block, by class. */
  *blocks(): IterableIterator<number> {
    for (let row = this.#firstFrom(0); row !== NONE; row = this.#firstFrom(row + 1)) {
      for (let block = this.#heads[row]!; block !== NONE; block = this.next[block]!) yield block;
    }
  }

  #behead(row: number, next: number): void {
    this.#heads[row] = next;
    if (next !== NONE) return;
    const octave = row >>> PARTS_LOG2;
    const parts = this.#parts[octave]! & ~(1 << (row & (PARTS - 1)));
    this.#parts[octave] = parts;
    if (parts === 0) this.#octaves &= ~(1 << octave);
  }

  /** The lowest class from `row` on that holds any. */
  #firstFrom(row: number): number {
    const octave = row >>> PARTS_LOG2;
    if (octave >= OCTAVES) return NONE;
    const parts = this.#parts[octave]! & (-1 << (row & (PARTS - 1)));
    if (parts !== 0) return (octave << PARTS_LOG2) + lowestBit(parts);
    // Shifted twice, since a shift by 32 is one by 0.
    const octaves = this.#octaves & ((-1 << octave) << 1);
    if (octaves === 0) return NONE;
    const higher = lowestBit(octaves);
    return (higher << PARTS_LOG2) + lowestBit(this.#parts[higher]!);
  }

  #firstFitOf(row: number, units: number): number {
    let block = this.#heads[row]!;
    while (block !== NONE && this.#units[block]! < units) block = this.next[block]!;
    return block;
  }
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
