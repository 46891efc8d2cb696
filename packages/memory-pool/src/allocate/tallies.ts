import type { AllocatorStats, Tally } from '../model/allocator.ts';

const BLOCKS = 0;
const RESERVED = 3;
const REQUESTED = 6;

/** What is live now, was at most, and was ever allocated: of blocks, reserved and requested bytes. Three cells for each. */
export class Tallies {
  // Not fields: V8 would allocate a number whenever one of them changes beyond 31 bits.
  readonly #cells = new Float64Array(9);

  allocated(reserved: number, requested: number): void {
    const cells = this.#cells;
    add(cells, BLOCKS, 1);
    add(cells, RESERVED, reserved);
    add(cells, REQUESTED, requested);
  }

  freed(reserved: number, requested: number): void {
    const cells = this.#cells;
    cells[BLOCKS]! -= 1;
    cells[RESERVED]! -= reserved;
    cells[REQUESTED]! -= requested;
  }

  get reservedBytes(): number {
    return this.#cells[RESERVED]!;
  }

  read(): Pick<AllocatorStats, 'blocks' | 'reserved' | 'requested'> {
    return { blocks: this.#tally(BLOCKS), reserved: this.#tally(RESERVED), requested: this.#tally(REQUESTED) };
  }

  #tally(at: number): Tally {
    const [current, peak, allocated] = this.#cells.subarray(at, at + 3) as unknown as [number, number, number];
    return { current, peak, allocated, freed: allocated - current };
  }
}

function add(cells: Float64Array, at: number, amount: number): void {
  const current = cells[at]! + amount;
  cells[at] = current;
  if (current > cells[at + 1]!) cells[at + 1] = current;
  cells[at + 2]! += amount;
}
