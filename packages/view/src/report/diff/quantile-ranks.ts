/** How sure an interval is: it holds the true quantile in 99 of 100 cases. */
const TAIL = 0.005;
/** The standard normal's quantile of 1 - `TAIL`. */
const DEVIATIONS = 2.575829303548901;
const LARGE = 1000;

/**
 * Ranks (from 1) of the two samples of `count` between which the true quantile `share` lies with 99 % confidence, whatever the samples'
 * distribution; `undefined` where there are too few. Exact by the binomial distribution of how many samples lie below the quantile
 * (Conover, Practical Nonparametric Statistics, 3rd edition, 3.2), by its normal approximation above a thousand samples (Le Boudec,
 * Performance Evaluation of Computer and Communication Systems, 2.2.2).
 */
export function quantileRanks(count: number, share: number): { low: number; high: number } | undefined {
  if (count < leastSamples(share)) return undefined;
  if (count <= LARGE) return exactRanks(count, share);
  const middle = count * share;
  const reach = DEVIATIONS * Math.sqrt(middle * (1 - share));
  return { low: Math.floor(middle - reach), high: Math.ceil(middle + reach) + 1 };
}

/** With fewer samples, the quantile may well lie beyond all of them. */
export function leastSamples(share: number): number {
  return Math.ceil(Math.log(TAIL) / Math.log(Math.max(share, 1 - share)));
}

function exactRanks(count: number, share: number): { low: number; high: number } {
  let low = 0;
  let upTo = 0;
  let logarithm = count * Math.log1p(-share);
  const odds = Math.log(share) - Math.log1p(-share);
  for (let below = 0; below < count; below++) {
    upTo += Math.exp(logarithm);
    if (upTo <= TAIL) low = below + 1;
    if (upTo >= 1 - TAIL) return { low, high: below + 1 };
    logarithm += odds + Math.log((count - below) / (below + 1));
  }
  return { low, high: count };
}
