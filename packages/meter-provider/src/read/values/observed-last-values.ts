import type { Arena } from '../../memory/arena.ts';
import { lastTold, liveCells, Requests } from './observed.ts';
import type { ValueSource } from './value-source.ts';

/** What a thread that lives told last. */
export function observedLastValues(arena: Arena): ValueSource<number> {
  return {
    read(series) {
      const cells = liveCells(arena, series);
      return cells.length === 0 ? undefined : lastOf(arena, cells);
    },
  };
}

/** Of those that were told again. */
export function changedObservedLastValues(arena: Arena): ValueSource<number> {
  const requests = new Requests(arena);
  return {
    read(series) {
      const cells = liveCells(arena, series);
      return requests.haveComeFor(series, cells) ? lastOf(arena, cells) : undefined;
    },
  };
}

function lastOf(arena: Arena, cells: readonly number[]): number {
  return arena.f64[lastTold(arena, cells)]!;
}
