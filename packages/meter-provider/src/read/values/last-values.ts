import { readGauge } from '../../cells/gauge.ts';
import type { Arena } from '../../memory/arena.ts';
import type { ValueSource } from './value-source.ts';

/** A gauge that was bound has cells before it has a value. */
export function lastValues(arena: Arena): ValueSource<number> {
  return { read: ({ cells }) => (lastSet(arena, cells) === NEVER ? undefined : readGauge(arena, cells)) };
}

/** Those that have been set since, to whatever value. */
export function changedLastValues(arena: Arena): ValueSource<number> {
  const told: number[] = [];
  return {
    read({ index, cells }) {
      const setAt = lastSet(arena, cells);
      if (setAt === (told[index] ?? NEVER)) return undefined;
      told[index] = setAt;
      return readGauge(arena, cells);
    },
  };
}

const NEVER = 0;

/** When one of these cells was set last, by the clock of all gauges: the second word of a cell. */
function lastSet({ f64 }: Arena, cells: readonly number[]): number {
  let last = NEVER;
  for (const at of cells) if (f64[at + 1]! > last) last = f64[at + 1]!;
  return last;
}
