/** Sort and interpolate between the closest ranks: what a percentile is, in the slowest and plainest form. */
export function percentileBySorting(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = (p / 100) * (sorted.length - 1);
  const below = sorted[Math.floor(rank)]!;
  const above = sorted[Math.ceil(rank)]!;
  return below + (above - below) * (rank - Math.floor(rank));
}

/** Mean and population standard deviation over integers, in exact arithmetic as far as doubles allow. */
export function momentsOfIntegers(values: readonly number[]): { total: number; average: number; stdDev: number } {
  const n = BigInt(values.length);
  const total = values.reduce((sum, value) => sum + BigInt(value), 0n);
  const squares = values.reduce((sum, value) => sum + BigInt(value) ** 2n, 0n);
  return {
    total: Number(total),
    average: Number(total) / values.length,
    stdDev: Math.sqrt(Number(n * squares - total * total)) / values.length,
  };
}
