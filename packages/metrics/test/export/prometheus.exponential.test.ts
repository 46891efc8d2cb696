import { describe, expect, test } from '@jest/globals';
import { AggregationType, MeterProvider, MetricReader, type ExponentialHistogram } from '@opentelemetry/sdk-metrics';
import { PrometheusTextSerializer } from '../../src/export/prometheus/index.ts';
import { exponential, parseExposition, resourceMetrics, samplesOf, scope } from './prometheus.helpers.ts';

const none = { offset: 0, bucketCounts: [] };

function write(value: Partial<ExponentialHistogram>): { les: number[]; counts: number[]; lines: string[] } {
  const whole = { scale: 0, zeroCount: 0, count: 0, sum: 0, positive: none, negative: none, ...value };
  const text = new PrometheusTextSerializer({ withoutScopeInfo: true }).serialize(
    resourceMetrics([scope('s', [exponential('h', [[{}, whole]])])]),
  );
  const samples = parseExposition(text)
    .get('h')!
    .samples.filter(({ name }) => name === 'h_bucket');
  return {
    les: samples.map(({ labels }) => Number(labels.get('le')!.replace('+Inf', 'Infinity'))),
    counts: samples.map((sample) => Number(sample.value)),
    lines: samplesOf(text),
  };
}

describe('an exponential histogram becomes a classic one', () => {
  test('with the upper end of each bucket, the lower end of the lowest, and zero', () => {
    const { lines } = write({ scale: 0, zeroCount: 4, count: 10, sum: 42.5, positive: { offset: 1, bucketCounts: [1, 2, 3] } });
    expect(lines).toEqual([
      'h_count 10',
      'h_sum 42.5',
      'h_bucket{le="0"} 4',
      'h_bucket{le="2"} 4',
      'h_bucket{le="4"} 5',
      'h_bucket{le="8"} 7',
      'h_bucket{le="16"} 10',
      'h_bucket{le="+Inf"} 10',
    ]);
  });

  test('negative buckets come first, from the farthest', () => {
    const negative = { offset: 1, bucketCounts: [1, 2, 3] };
    const { les, counts } = write({ count: 15, zeroCount: 4, positive: { offset: 0, bucketCounts: [5] }, negative });
    expect(les).toEqual([-8, -4, -2, 0, 1, 2, Infinity]);
    expect(counts).toEqual([3, 5, 6, 10, 10, 15, 15]);
  });

  test('at a positive and at a negative scale', () => {
    const at = (scale: number, offset: number): number[] => write({ scale, count: 2, positive: { offset, bucketCounts: [1, 1] } }).les;
    expect(at(1, 0)).toEqual([0, 1, Math.SQRT2, 2, Infinity]);
    expect(at(-1, -1)).toEqual([0, 0.25, 1, 4, Infinity]);
  });

  test('empty, it has zero and +Inf', () => {
    expect(write({})).toMatchObject({ les: [0, Infinity], counts: [0, 0] });
  });

  test('bounds beyond the numbers are +Inf', () => {
    const { les, counts } = write({ scale: -10, count: 3, positive: { offset: 0, bucketCounts: [3] } });
    expect([les, counts]).toEqual([
      [0, 1, Infinity],
      [0, 0, 3],
    ]);
  });

  test.each([
    [160, 0],
    [160, 160],
    [1_000, 7],
  ])('%d and %d buckets come to at most 160 bounds, each with its exact count', (positive, negative) => {
    const bucketCounts = (length: number): number[] => Array.from({ length }, (_, i) => i + 1);
    const sum = (numbers: number[]): number => numbers.reduce((total, n) => total + n, 0);
    const value = {
      scale: 3,
      zeroCount: 5,
      count: 5 + sum(bucketCounts(positive)) + sum(bucketCounts(negative)),
      positive: { offset: -77, bucketCounts: bucketCounts(positive) },
      negative: { offset: -3, bucketCounts: bucketCounts(negative) },
    };
    const { les, counts } = write(value);
    expect(les.length - 1).toBeLessThanOrEqual(160);
    les.slice(0, -1).forEach((le, i) => {
      const below = (bound: number): boolean => bound <= le * (1 + Math.sign(le) * 1e-9);
      const expected =
        sum(value.negative.bucketCounts.filter((_, k) => below(-(2 ** ((value.negative.offset + k) / 8))))) +
        (le >= 0 ? value.zeroCount : 0) +
        sum(value.positive.bucketCounts.filter((_, k) => below(2 ** ((value.positive.offset + k + 1) / 8))));
      expect(counts[i]).toBe(expected);
    });
    expect(counts.at(-1)).toBe(value.count);
  });

  test('as the SDK records it: every value is below its bound', async () => {
    const reader = new (class extends MetricReader {
      protected override async onShutdown(): Promise<void> {}
      protected override async onForceFlush(): Promise<void> {}
    })({ aggregationSelector: () => ({ type: AggregationType.EXPONENTIAL_HISTOGRAM }) });
    const instrument = new MeterProvider({ readers: [reader] }).getMeter('m').createHistogram('d', { unit: 's' });
    const values = [0, 0.001, 0.0015, 0.2, 3, 3, 700];
    for (const value of values) instrument.record(value);
    const { resourceMetrics: metrics } = await reader.collect();
    const family = parseExposition(new PrometheusTextSerializer().serialize(metrics)).get('d_seconds')!;
    for (const { name, labels, value } of family.samples) {
      const le = Number(labels.get('le')?.replace('+Inf', 'Infinity'));
      if (name === 'd_seconds_bucket') expect(Number(value)).toBe(values.filter((v) => v <= le).length);
      if (name === 'd_seconds_count') expect(value).toBe('7');
    }
  });
});
