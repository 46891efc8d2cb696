/** Interpolates linearly between the two closest ranks. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = share * (sorted.length - 1);
  const below = Math.floor(rank);
  const low = sorted[below]!;
  return low + ((sorted[below + 1] ?? low) - low) * (rank - below);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
