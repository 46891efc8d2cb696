import type { AllocatorStats, Tally } from '../model/allocator.ts';

const BLOCKS = 0;
const RESERVED = 3;
const REQUESTED = 6;

/**
 * What is live now, was at most, and was ever allocated: of blocks, reserved and requested bytes. Three cells for each: what was ever
 * allocated, how much that is when what is live passes its peak, and the peak.
 */
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
    cells[BLOCKS + 1]! += 1;
    cells[RESERVED + 1]! += reserved;
    cells[REQUESTED + 1]! += requested;
  }

  get reservedBytes(): number {
    return this.#tally(RESERVED).current;
  }

  read(): Pick<AllocatorStats, 'blocks' | 'reserved' | 'requested'> {
    return { blocks: this.#tally(BLOCKS), reserved: this.#tally(RESERVED), requested: this.#tally(REQUESTED) };
  }

  #tally(at: number): Tally {
    const [allocated, bar, peak] = this.#cells.subarray(at, at + 3) as unknown as [number, number, number];
    return { current: allocated - (bar - peak), peak, allocated, freed: bar - peak };
  }
}

function add(cells: Float64Array, at: number, amount: number): void {
  const ever = cells[at]! + amount;
  cells[at] = ever;
  if (ever <= cells[at + 1]!) return;
  cells[at + 2]! += ever - cells[at + 1]!;
  cells[at + 1] = ever;
}
