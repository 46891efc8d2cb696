import { requestOf } from '../../cells/observed.ts';
import { LIVE, STATE, type Arena } from '../../memory/arena.ts';
import type { CatalogueSeries } from '../../memory/catalogue.ts';

/** In answer to which requests the cells of a stream were told when a reader came by last. */
export class Requests {
  readonly #arena: Arena;
  readonly #bySeries: number[] = [];

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  haveComeFor({ index }: CatalogueSeries, cells: readonly number[]): boolean {
    if (cells.length === 0) return false;
    const request = requestOf(this.#arena, lastTold(this.#arena, cells));
    if (request === (this.#bySeries[index] ?? 0)) return false;
    this.#bySeries[index] = request;
    return true;
  }
}

export function wasTold(arena: Arena, at: number): boolean {
  return requestOf(arena, at) !== 0;
}

export function liveCells(arena: Arena, { cells, slots }: CatalogueSeries): readonly number[] {
  return cells.filter((at, i) => wasTold(arena, at) && Atomics.load(arena.i32, arena.threadWord(slots[i]!, STATE)) === LIVE);
}

export function lastTold(arena: Arena, cells: readonly number[]): number {
  let last = cells[0]!;
  // The numbers of requests wrap.
  for (const at of cells) if (((requestOf(arena, at) - requestOf(arena, last)) | 0) > 0) last = at;
  return last;
}
