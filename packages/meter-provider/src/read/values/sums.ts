import { readSum } from '../../cells/sum.ts';
import type { Arena } from '../../memory/arena.ts';
import type { ValueSource } from './value-source.ts';

export function cumulativeSums(arena: Arena): ValueSource<number> {
  return { read: ({ cells }) => readSum(arena, cells) };
}

/** What has been added since; the first time even where that is nothing, as the SDK tells it of `add(0)`. */
export function deltaSums(arena: Arena): ValueSource<number> {
  const told: number[] = [];
  return {
    read({ index, cells }) {
      const value = readSum(arena, cells);
      const last = told[index];
      told[index] = value;
      if (value === last) return undefined;
      return last === undefined ? value : value - last;
    },
  };
}
