import { describe, expect, it, jest } from '@jest/globals';
import type { Attributes } from '@opentelemetry/api';
import { AggregationTemporality, AggregationType, type ExponentialHistogram, type ResourceMetrics } from '@opentelemetry/sdk-metrics';
import fc from 'fast-check';
import { canonicalKey } from '../../src/attributes/canonical.ts';
import { fold } from './fold.ts';
import { normalise, type NormalMetric } from './normalise.ts';
import { createOurs, createSdk } from './providers.ts';
import { run } from './run-scenario.ts';
import { scenario, type Scenario } from './scenario.ts';

jest.setTimeout(120_000);

type Point = readonly [attributes: Attributes | string, value: unknown];
type Comparable = Omit<NormalMetric, 'points'> & { readonly points: readonly Point[] };

/**
 * What both must have in common, where the two are meant to differ:
 * - Of what adds up to nothing in an interval the SDK tells, and we do not.
 * - The SDK has an interval's own scale, which may be finer than that of the whole time, and loses some where it adds intervals up. Both are
 *   brought to the coarsest scale.
 * - Of attributes that both take for the same, such as NaN and `undefined`, the SDK tells those that were first in the interval.
 * - The interval's least and greatest values are one reader's.
 * - With the SDK what views make comes first, and what is dropped keeps the place of its name.
 */
function comparable(resourceMetrics: ResourceMetrics, { readers, views }: Scenario): Comparable[] {
  const deltas = readers.filter(({ temporality }) => temporality === AggregationTemporality.DELTA).length;
  const metrics = normalise(resourceMetrics).map((metric): Comparable => {
    const { temporality, kind, type } = metric;
    const isDelta = temporality === 'delta';
    const points = metric.points
      .filter(([, value]) => !isDelta || kind !== 'SUM' || type.startsWith('OBSERVABLE_') || value !== 0)
      .map(([attributes, value]): Point => {
        const folded = kind === 'EXPONENTIAL_HISTOGRAM' ? fold(value as ExponentialHistogram) : value;
        const hasExtremes = !isDelta || deltas < 2 || !kind.endsWith('HISTOGRAM');
        return [
          isDelta ? canonicalKey(attributes) : attributes,
          hasExtremes ? folded : { ...(folded as object), min: undefined, max: undefined },
        ];
      });
    return { ...metric, points };
  });
  const told = metrics.filter(({ points }) => points.length > 0);
  const isOrdered = views.length === 0 && readers.every(({ aggregation }) => aggregation.type !== AggregationType.DROP);
  return isOrdered ? told : told.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

function orderOf({ scope, name, unit, type, valueType, kind }: Comparable): string {
  return JSON.stringify([scope, name, unit, type, valueType, kind]);
}

describe('the SDK and otel-perf, side by side', () => {
  it('collect the same data for the same calls, whatever they are', async () => {
    let points = 0;
    await fc.assert(
      fc.asyncProperty(scenario, async (one) => {
        const [sdk, ours] = [await run(one, createSdk, false), await run(one, createOurs, true)];
        expect(ours.map(([reader, data]) => [reader, comparable(data, one)])).toEqual(
          sdk.map(([reader, data]) => [reader, comparable(data, one)]),
        );
        points += ours.flatMap(([, data]) => normalise(data)).flatMap((metric) => metric.points).length;
      }),
      { numRuns: 400 },
    );
    expect(points).toBeGreaterThan(1000);
  });
});
