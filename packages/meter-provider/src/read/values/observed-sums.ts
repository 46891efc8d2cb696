import type { Arena } from '../../memory/arena.ts';
import { liveCells, Requests, wasTold } from './observed.ts';
import type { ValueSource } from './value-source.ts';

/** What the threads told of a counter, which only rises. What ended threads told stays. Where the sum falls, it began anew. */
export function cumulativeObservedCounters(arena: Arena): ValueSource<number> {
  const told: number[] = [];
  let beganAnew = false;
  return {
    read(series) {
      const cells = series.cells.filter((at) => wasTold(arena, at));
      if (cells.length === 0) return undefined;
      const value = sumOf(arena, cells);
      beganAnew = value < (told[series.index] ?? -Infinity);
      told[series.index] = value;
      return value;
    },
    beganAnew: () => beganAnew,
  };
}

/** By how much they have risen since, of those that were told again; a thread's that has fallen began anew, from 0. */
export function deltaObservedCounters(arena: Arena): ValueSource<number> {
  const requests = new Requests(arena);
  const told: number[][] = [];
  return {
    read(series) {
      if (!requests.haveComeFor(series, series.cells)) return undefined;
      const last = (told[series.index] ??= []);
      let delta = 0;
      for (const [i, at] of series.cells.entries()) {
        const value = arena.f64[at]!;
        const before = last[i] ?? 0;
        delta += value < before ? value : value - before;
        last[i] = value;
      }
      return delta;
    },
  };
}

/** The sum of what the threads that live told of what rises and falls. */
export function cumulativeObservedSums(arena: Arena): ValueSource<number> {
  return {
    read(series) {
      const cells = liveCells(arena, series);
      return cells.length === 0 ? undefined : sumOf(arena, cells);
    },
  };
}

/** By how much that has changed, of those that were told again. */
export function deltaObservedSums(arena: Arena): ValueSource<number> {
  const requests = new Requests(arena);
  const told: number[] = [];
  return {
    read(series) {
      const cells = liveCells(arena, series);
      if (!requests.haveComeFor(series, cells)) return undefined;
      const value = sumOf(arena, cells);
      const last = told[series.index] ?? 0;
      told[series.index] = value;
      return value - last;
    },
  };
}

function sumOf({ f64 }: Arena, cells: readonly number[]): number {
  return cells.reduce((sum, at) => sum + f64[at]!, 0);
}
