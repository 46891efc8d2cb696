const VALUES = [1, 20, 300, 4000, 0, 50_000, 2 ** -8, 600_000];

/** Each of these numbers is in a bucket of its own. Of sums of them, all are exact. */
export function valueOf(record: number): number {
  // In a few long stretches at first, so that the buckets of an exponential histogram come one by one.
  return VALUES[record < 80_000 ? Math.floor(record / 10_000) : record % VALUES.length]!;
}

export const BOUNDARIES: readonly number[] = [0, 0.5, 10, 100, 1000, 10_000, 100_000];
