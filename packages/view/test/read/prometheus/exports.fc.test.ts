import { expect, test } from '@jest/globals';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { CentralizedMetricsCollector, MetricType, PerformanceMetricReader, type Metric } from '@otel-perf/metrics';
import fc from 'fast-check';
import type { SeriesPicture } from '../../../src/model/picture.ts';
import { readPicture } from '../../../src/read/read-picture.ts';
import { Folder } from '../folder.ts';
import { hostileText } from '../hostile.ts';

const recorded = fc.record({
  type: fc.constantFrom(...Object.values(MetricType)),
  source: fc.constantFrom('shop', 'stock "room"\\'),
  tags: fc.dictionary(
    fc.constantFrom('stage', 'pool_name', 'a1'),
    hostileText.filter((text) => text !== ''),
    { maxKeys: 2 },
  ),
  values: fc.array(
    fc.double({ min: 0, max: 20, noNaN: true }).map((x) => x + 0),
    { minLength: 1, maxLength: 12 },
  ),
});

test('a reader’s exports read back as its snapshot, as JSON, CSV and Prometheus text', async () => {
  await using folder = await Folder.make();
  await fc.assert(
    fc.asyncProperty(fc.array(recorded, { minLength: 1, maxLength: 6 }), async (all) => {
      const late: { provider?: MeterProvider } = {};
      const collector = new CentralizedMetricsCollector({ meterProvider: { getMeter: (...args) => late.provider!.getMeter(...args) } });
      const reader = new PerformanceMetricReader({ collector });
      late.provider = new MeterProvider({ readers: [reader] });
      for (const [i, { type, source, tags, values }] of all.entries()) {
        for (const value of values) collector.recordMetric(`m${i}`, value, type, source, tags);
      }
      const own = (await reader.snapshot()).filter(({ name }) => /^m\d$/.test(name));
      const paths = ['json', 'ndjson', 'csv', 'prom'].map((name) => folder.file(name));
      await reader.exportToJson(paths[0]!);
      await reader.exportToJson(paths[1]!, { newlineDelimited: true });
      await reader.exportToCsv(paths[2]!);
      await reader.exportToPrometheus(paths[3]!);
      await late.provider.shutdown();
      for (const path of paths) {
        const picture = await readPicture(path);
        expect(picture.problems).toEqual([]);
        const isText = path === paths[3];
        for (const metric of own) {
          const stem = new RegExp(`^${metric.name}(?:_|$)`);
          const read = picture.series.filter(({ name }) => (isText ? stem.test(name) : name === metric.name));
          expect(read).toHaveLength(1);
          expectSame(read[0]!, metric, isText, path === paths[2]);
        }
      }
    }),
    { numRuns: 40 },
  );
});

function expectSame(read: SeriesPicture, metric: Metric, isText: boolean, isCsv: boolean): void {
  expect([read.source, read.tags]).toEqual([metric.source, metric.tags]);
  if (!isText) expect([read.type, read.unit]).toEqual([metric.type, metric.unit]);
  else expect(read.unit).toBe(metric.unit === '' ? '' : metric.unit);
  const { distribution, value } = metric;
  if (distribution === undefined) {
    expect(read.figures).toEqual({ [metric.type === 'counter' ? 'total' : 'last']: value, exactPercentiles: false });
    return;
  }
  const { count, sum, min, max, buckets } = distribution;
  expect(read.figures).toMatchObject({ count, total: sum, average: value, exactPercentiles: false });
  if (!isText) expect(read.figures).toMatchObject({ minimum: min, maximum: max });
  if (!isCsv) expect(read.distribution!.buckets).toEqual(buckets);
  expect(read.figures.p95 === undefined).toBe(isCsv);
}
