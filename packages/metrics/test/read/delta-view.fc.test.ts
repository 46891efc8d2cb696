import { expect, test } from '@jest/globals';
import {
  AggregationTemporality,
  AggregationType,
  DataPointType,
  type ExponentialHistogram,
  type Histogram,
  type ResourceMetrics,
  type ViewOptions,
} from '@opentelemetry/sdk-metrics';
import fc from 'fast-check';
import { DeltaExporter, fails } from './exporters.ts';
import { setUp } from './set-up.ts';

type Step = { record: 'sum' | 'histogram' | 'exponential' | 'observed'; value: number; shard: number } | { export: boolean };

/** What all intervals of a data point add up to. */
interface Total {
  count: number;
  sum: number;
  zeros: number;
  buckets: Map<string, number>;
}

type Exponentials = { scale: number; at: Map<number, number>[] };

function bump<K>(map: Map<K, number>, key: K, by: number): void {
  if (by !== 0) map.set(key, (map.get(key) ?? 0) + by);
}

/** Buckets by index, brought down to `scale`: the index of a coarser bucket is half that of a finer one, rounded down. */
function atScale({ scale, at }: Exponentials, wanted: number): Map<number, number>[] {
  return at.map((side) => {
    const coarse = new Map<number, number>();
    for (const [index, count] of side) bump(coarse, Math.floor(index / 2 ** (scale - wanted)), count);
    return coarse;
  });
}

function exponentials({ scale, positive, negative }: ExponentialHistogram): Exponentials {
  const at = [positive, negative].map(({ offset, bucketCounts }) => {
    const side = new Map<number, number>();
    bucketCounts.forEach((count, i) => bump(side, offset + i, count));
    return side;
  });
  return { scale, at };
}

/** The sums of several collections of deltas, or of one cumulative one, as plain data. Exponential buckets are brought down to `scales`. */
function addUp(collections: readonly ResourceMetrics[], scales: ReadonlyMap<string, number>): Record<string, Total> {
  const totals: Record<string, Total> = {};
  for (const { scopeMetrics } of collections) {
    for (const data of scopeMetrics.filter(({ scope }) => scope.name === 'other').flatMap(({ metrics }) => metrics)) {
      for (const point of data.dataPoints) {
        const key = `${data.descriptor.name} ${String(point.attributes['shard'])}`;
        const total = (totals[key] ??= { count: 0, sum: 0, zeros: 0, buckets: new Map() });
        if (data.dataPointType === DataPointType.SUM) total.sum += point.value as number;
        else {
          const { count, sum } = point.value as Histogram | ExponentialHistogram;
          total.count += count;
          total.sum += sum!;
          if (data.dataPointType === DataPointType.HISTOGRAM) {
            (point.value as Histogram).buckets.counts.forEach((each, i) => bump(total.buckets, String(i), each));
          } else {
            const value = point.value as ExponentialHistogram;
            total.zeros += value.zeroCount;
            atScale(exponentials(value), scales.get(key)!).forEach((side, i) => {
              for (const [index, each] of side) bump(total.buckets, `${i}/${index}`, each);
            });
          }
        }
      }
    }
  }
  for (const total of Object.values(totals)) total.buckets = new Map([...total.buckets].sort(([a], [b]) => (a < b ? -1 : 1)));
  return totals;
}

function scalesOf({ scopeMetrics }: ResourceMetrics): Map<string, number> {
  const scales = new Map<string, number>();
  for (const data of scopeMetrics.flatMap(({ metrics }) => metrics)) {
    if (data.dataPointType !== DataPointType.EXPONENTIAL_HISTOGRAM) continue;
    for (const { attributes, value } of data.dataPoints) scales.set(`${data.descriptor.name} ${String(attributes['shard'])}`, value.scale);
  }
  return scales;
}

const views: ViewOptions[] = [
  { instrumentName: 'exponential', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM, options: { maxSize: 8 } } },
];

const steps = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        record: fc.constantFrom('sum', 'histogram', 'exponential', 'observed'),
        // Whole numbers, so that sums are exact; of very different sizes, so that exponential histograms lose resolution.
        value: fc.oneof(fc.nat(10), fc.nat(100_000), fc.constantFrom(0, 1, 2 ** 40)),
        shard: fc.nat(1),
      }),
    },
    { weight: 2, arbitrary: fc.record({ export: fc.boolean() }) },
  ),
  { maxLength: 60 },
) as fc.Arbitrary<Step[]>;

test('deltas that arrived add up to the cumulative state, however many exports failed', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const exporter = new DeltaExporter();
      const { meter, reader, provider } = setUp({ exporters: [exporter], views });
      const observed = [0, 0];
      meter
        .createObservableCounter('observed')
        .addCallback((result) => observed.forEach((value, shard) => result.observe(value, { shard })));
      const sum = meter.createCounter('sum');
      const histogram = meter.createHistogram('histogram', { advice: { explicitBucketBoundaries: [1, 5, 1000] } });
      const exponential = meter.createHistogram('exponential');
      const arrived: ResourceMetrics[] = [];
      for (const step of [...script, { export: true }]) {
        if ('export' in step) {
          exporter.answer = step.export ? (done) => done({ code: 0 }) : fails;
          await reader.forceFlush();
          if (step.export) arrived.push(exporter.received.at(-1)!);
        } else if (step.record === 'sum') sum.add(step.value, { shard: step.shard });
        else if (step.record === 'histogram') histogram.record(step.value, { shard: step.shard });
        else if (step.record === 'exponential') exponential.record(step.value, { shard: step.shard });
        else observed[step.shard]! += step.value;
      }
      const { resourceMetrics } = await reader.collect();
      const scales = scalesOf(resourceMetrics);
      expect(addUp(arrived, scales)).toEqual(addUp([resourceMetrics], scales));
      for (const { scopeMetrics } of arrived) {
        for (const data of scopeMetrics.flatMap(({ metrics }) => metrics)) {
          if (data.dataPointType !== DataPointType.GAUGE) expect(data.aggregationTemporality).toBe(AggregationTemporality.DELTA);
        }
      }
      await provider.shutdown();
    }),
    { numRuns: 60 },
  );
}, 60_000);
