import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { CentralizedMetricsCollector, MetricType } from '@otel-perf/metrics';
import fc from 'fast-check';
import type { Picture } from '../../src/model/picture.ts';
import { readPicture } from '../../src/read/read-picture.ts';
import { Folder, readText } from './folder.ts';
import { hostileTags, hostileText } from './hostile.ts';

const value = fc.oneof(
  fc.double({ min: 0, max: 1e9, noNaN: true }).map((x) => x + 0),
  fc.integer({ min: 0 }).map((n) => n / 1e9),
);
const recorded = fc.record({
  name: hostileText,
  source: hostileText,
  type: fc.constantFrom(...Object.values(MetricType)),
  tags: hostileTags,
  values: fc.array(value, { minLength: 1, maxLength: 12 }),
});
/** A window is that of a name, whatever source and tags: with one series a name its statistics are those of the series. */
const recordings = fc.uniqueArray(recorded, { selector: ({ name }) => name, maxLength: 6 });

function percentile(values: readonly number[], p: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = (p / 100) * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(rank)]!, sorted[Math.ceil(rank)]!];
  return below + (above - below) * (rank - Math.floor(rank));
}

const formats: Readonly<Record<string, (collector: CentralizedMetricsCollector, path: string) => Promise<unknown>>> = {
  JSON: (collector, path) => collector.exportToJson(path),
  NDJSON: (collector, path) => collector.exportToJson(path, { newlineDelimited: true }),
  CSV: (collector, path) => collector.exportToCsv(path),
};

test.each(Object.keys(formats))('of events in %s every figure is the window’s', async (format) => {
  await using folder = await Folder.make();
  await fc.assert(
    fc.asyncProperty(recordings, async (all) => {
      const collector = new CentralizedMetricsCollector({ historySize: 1000, windowSize: 1000 });
      const longest = Math.max(0, ...all.map(({ values }) => values.length));
      for (let i = 0; i < longest; i++) {
        for (const { name, source, type, tags, values } of all)
          if (i < values.length) collector.recordMetric(name, values[i]!, type, source, tags);
      }
      const events = collector.getMetrics();
      const path = folder.file('export');
      await formats[format]!(collector, path);
      const picture = await readPicture(path);

      expect([picture.from, picture.problems]).toEqual([path, []]);
      expect(picture.takenAt).toBe(events.at(-1)?.timestamp ?? NaN);
      const expected = Map.groupBy(events, ({ name }) => name);
      expect(picture.series).toHaveLength(expected.size);
      for (const [i, [name, own]] of Array.from(expected).entries()) {
        const series = picture.series[i]!;
        const first = own[0]!;
        const stats = collector.getMetricStats(name, [50, 95, 99])!;
        const shown = format === 'CSV' ? readBack : (text: string) => text;
        expect([series.name, series.source, series.type]).toEqual([shown(name), shown(first.source), first.type]);
        expect(Object.entries(series.tags)).toEqual(Object.entries(first.tags));
        expect(series.figures).toEqual({
          count: stats.count,
          total: stats.total,
          last: stats.lastValue,
          average: stats.average,
          minimum: stats.min,
          maximum: stats.max,
          standardDeviation: stats.stdDev,
          ...stats.percentiles,
          exactPercentiles: true,
        });
        const values = own.map((event) => event.value);
        expect(Array.from(series.events!.values)).toEqual(values);
        expect(Array.from(series.events!.times)).toEqual(own.map((event) => event.timestamp));
        for (const [key, p] of [
          ['p50', 50],
          ['p95', 95],
          ['p99', 99],
        ] as const)
          expect(series.figures[key]).toBeCloseTo(percentile(values, p), 6);
      }
    }),
    { numRuns: 60 },
  );
});

/** The quote that the export guards a formula with is taken off; so is the same quote of who wrote it himself. */
function readBack(text: string): string {
  return /^'[=+\-@\t\r\n\0＝＋－＠]/u.test(text) ? text.slice(1) : text;
}

test('how an array is laid out, and where the pieces of a file end, makes no difference', async () => {
  await using folder = await Folder.make();
  const collector = new CentralizedMetricsCollector({ historySize: 1000 });
  for (let i = 0; i < 100; i++)
    collector.recordMetric('tricky_time', i / 1e3, 'time', 'a "quoted" [source] {', { 'k\\': `]},"\n ${i % 3}` });
  await collector.exportToJson(folder.file('export.json'));
  const text = await readFile(folder.file('export.json'), 'utf8');
  const withoutFrom = (picture: Picture): Picture => ({ ...picture, from: '' });
  const expected = withoutFrom(await readText(text));
  expect(expected.series.map(({ figures }) => figures.count)).toEqual([34, 33, 33]);
  const layouts = [JSON.stringify(JSON.parse(text)), JSON.stringify(JSON.parse(text), null, 2), `\ufeff \r\n${text} \r\n`, gzipSync(text)];
  for (const layout of layouts) expect(withoutFrom(await readText(layout))).toEqual(expected);
});

test('events that come out of order are put in the order of time', async () => {
  const line = (timestamp: number, value: number): string =>
    JSON.stringify({ name: 'late', value, metric_type: 'custom', timestamp, source: 's', tags: {} });
  const { series, takenAt } = await readText([line(30, 3), line(10, 1), line(20, 2), line(10, 1.5)].join('\n'));
  expect(Array.from(series[0]!.events!.values)).toEqual([1, 1.5, 2, 3]);
  expect(Array.from(series[0]!.events!.times)).toEqual([10, 10, 20, 30]);
  expect([series[0]!.figures.last, takenAt]).toEqual([3, 30]);
});
