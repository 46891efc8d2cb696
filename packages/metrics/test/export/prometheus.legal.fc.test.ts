import { describe, expect, test } from '@jest/globals';
import type { Attributes } from '@opentelemetry/api';
import type { MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import * as fc from 'fast-check';
import { PrometheusTextSerializer } from '../../src/export/prometheus/index.ts';
import {
  buckets,
  counter,
  exponential,
  gauge,
  hasPromtool,
  histogram,
  parseExposition,
  promtool,
  resourceMetrics,
  scope,
  upDownCounter,
} from './prometheus.helpers.ts';

const dotted = fc.constantFrom('a.b', 'a-b', 'otel.scope.name', 'target.info', 'a.b.total');
const few = fc.oneof(dotted, fc.constantFrom('a_b', 'le', '1x', '', '…', '_', '__name__', 'a_b_count'));
const word = fc.oneof({ weight: 4, arbitrary: few }, { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 5 }) });
const value = fc.oneof(fc.constantFrom('v', '"\\\n', '', true, 1), fc.string({ unit: 'binary', maxLength: 4 }));
const attributes: fc.Arbitrary<Attributes> = fc.dictionary(word, value, { maxKeys: 4 });
const points = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<[Attributes, T][]> => fc.array(fc.tuple(attributes, of), { maxLength: 4 });
const counts = (length: number): fc.Arbitrary<number[]> => fc.array(fc.nat(9), { minLength: length, maxLength: length });
const someCounts = fc.nat(6).chain(counts);

const classic = fc.uniqueArray(fc.integer({ min: -5, max: 5 }), { maxLength: 4 }).chain((all) => {
  const boundaries = all.sort((a, b) => a - b);
  return counts(boundaries.length + 1).map((each) => buckets(boundaries, each));
});
const folded = fc
  .record({
    scale: fc.integer({ min: -11, max: 20 }),
    zeroCount: fc.nat(9),
    offset: fc.integer({ min: -40, max: 40 }),
    up: someCounts,
    down: someCounts,
  })
  .map(({ scale, zeroCount, offset, up, down }) => ({
    scale,
    zeroCount,
    sum: 1,
    count: [...up, ...down].reduce((total, count) => total + count, zeroCount),
    positive: { offset, bucketCounts: up },
    negative: { offset: -offset, bucketCounts: down },
  }));

const metric: fc.Arbitrary<MetricData> = fc
  .record({ name: word, unit: fc.constantFrom('', 's', 'ms', '1', '{x}', '%', 'By/s', '/', '日'), description: fc.string() })
  .chain(({ name, ...rest }) =>
    fc.oneof(
      points(fc.nat(99)).map((each) => counter(name, each, rest)),
      points(fc.nat(99)).map((each) => upDownCounter(name, each, rest)),
      points(fc.nat(99)).map((each) => gauge(name, each, rest)),
      points(classic).map((each) => histogram(name, each, rest)),
      points(folded).map((each) => exponential(name, each, rest)),
    ),
  );
const scopes = fc.array(fc.tuple(fc.constantFrom('', 's', 'lib"'), fc.array(metric, { maxLength: 6 })), { maxLength: 3 });
const scrape: fc.Arbitrary<ResourceMetrics> = fc.tuple(scopes, attributes).map(([all, resource]) =>
  resourceMetrics(
    all.map(([name, metrics]) => scope(name, metrics)),
    resource,
  ),
);
const options = fc.record({
  naming: fc.constantFrom('official' as const, 'specification' as const),
  withoutScopeInfo: fc.boolean(),
  withoutTargetInfo: fc.boolean(),
  appendTimestamp: fc.boolean(),
  withResourceConstantLabels: fc.constantFrom(undefined, /./),
});

/** Everything that can be added up: all counters, and the counts of all histograms. */
function totals(metrics: ResourceMetrics): [number, number] {
  let sums = 0;
  let records = 0;
  for (const { dataPoints, ...each } of metrics.scopeMetrics.flatMap((one) => one.metrics)) {
    for (const point of dataPoints) {
      if (typeof point.value !== 'number') records += point.value.count;
      else if ('isMonotonic' in each && each.isMonotonic) sums += point.value;
    }
  }
  return [sums, records];
}

describe('whatever the names, labels, units and descriptions', () => {
  test('the text is legal and nothing that was counted is missing', () => {
    fc.assert(
      fc.property(options, fc.array(scrape, { minLength: 1, maxLength: 2 }), (chosen, scrapes) => {
        const serializer = new PrometheusTextSerializer(chosen);
        for (const metrics of [...scrapes, scrapes[0]!]) {
          let sums = 0;
          let records = 0;
          for (const { name, type, samples } of parseExposition(serializer.serialize(metrics)).values()) {
            for (const sample of samples) {
              if (type === 'counter') sums += Number(sample.value);
              if (type === 'histogram' && sample.name === `${name}_count`) records += Number(sample.value);
            }
          }
          expect([sums, records]).toEqual(totals(metrics));
        }
      }),
      { numRuns: 300 },
    );
  });

  // Absent promtool, the test is shown as skipped; in CI it has to be there.
  (hasPromtool || process.env['CI'] === 'true' ? test : test.skip)('promtool can read the text', () => {
    fc.assert(
      fc.property(options, scrape, (chosen, metrics) => {
        const { status, output } = promtool(new PrometheusTextSerializer(chosen).serialize(metrics));
        expect({ readable: status === 0 || status === 3, output }).toEqual({ readable: true, output });
      }),
      { numRuns: 25 },
    );
  });
});
