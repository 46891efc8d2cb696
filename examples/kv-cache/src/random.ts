export interface Random {
  /** From 0, below 1. */
  next(): number;
  /** From `least` to `most`, small ones as often as large ones, as the lengths of texts are. */
  length(least: number, most: number): number;
}

/** The same numbers for the same seed (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return { next, length: (least, most) => Math.round(least * (most / least) ** next()) };
}
