import type { ExponentialHistogram } from '@opentelemetry/sdk-metrics';

const COARSEST = -10;

/** Brings an exponential histogram to the coarsest scale. */
export function fold({ scale, positive, negative, ...rest }: ExponentialHistogram): object {
  const counts = ({ offset, bucketCounts }: ExponentialHistogram['positive']) => {
    const folded: Record<number, number> = {};
    for (const [i, count] of bucketCounts.entries()) {
      const index = (offset + i) >> (scale - COARSEST);
      if (count > 0) folded[index] = (folded[index] ?? 0) + count;
    }
    return folded;
  };
  return { ...rest, positive: counts(positive), negative: counts(negative) };
}
