import { expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { exportEventsToCsv, exportMetricsToCsv } from '../../src/export/csv.ts';
import { hostileEvent, hostileText } from './hostile.ts';
import { Collecting, Recording } from './recorded.ts';

/** What a reader sees of a text: a formula is quoted, and UTF-8 has no lone surrogates. */
function shown(text: string): string {
  return (/^[=+\-@\t\r\n\0＝＋－＠]/u.test(text) ? `'${text}` : text).toWellFormed();
}

function read(text: string): string[][] {
  return parse(text, { record_delimiter: '\r\n', relax_column_count: false });
}

test('an independent reader finds in the CSV what was recorded', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(hostileEvent, { maxLength: 20 }), async (recorded) => {
      const { collector, clock, events } = new Recording();
      for (const { name, value, source, tags, after } of recorded) {
        collector.recordMetric(name, value, 'custom', source, tags);
        clock.advance(after);
      }
      const target = new Collecting();
      await exportEventsToCsv(events, target);
      const [header, ...rows] = read(target.text);
      expect(header).toEqual(['name', 'value', 'metric_type', 'timestamp', 'source', 'tags']);
      expect(rows).toHaveLength(recorded.length);
      for (const [i, { name, value, type, timestamp, source, tags }] of collector.getMetrics().entries()) {
        const [n, v, t, at, s, tagsCell] = rows[i]!;
        expect([n, Number(v), t, Number(at), s]).toEqual([shown(name), value, type, timestamp, shown(source)]);
        // Both through JSON.parse: that of Node 24.21 takes {"":1,"\n":2} for {"":1,"\\":2} once it has read the latter.
        expect(Object.entries(JSON.parse(tagsCell!))).toEqual(Object.entries(JSON.parse(JSON.stringify(tags))));
      }

      const points = new Collecting();
      await exportMetricsToCsv(collector.getMetrics(), points);
      const cells = read(points.text).slice(1);
      expect(cells.map((row) => Number(row[1]))).toEqual(collector.getMetrics().map(({ value }) => value));
      expect(cells.map((row) => [row[0], row[4]])).toEqual(collector.getMetrics().map(({ name, source }) => [shown(name), shown(source)]));
    }),
    { numRuns: 200 },
  );
});

test('no cell of text starts as a formula does, and no number is quoted', async () => {
  await fc.assert(
    fc.asyncProperty(hostileText, hostileText, fc.double({ noNaN: true, noDefaultInfinity: true }), async (name, source, value) => {
      const { collector, events } = new Recording();
      collector.recordMetric(name, value, 'memory', source);
      const target = new Collecting();
      await exportEventsToCsv(events, target);
      const [, row] = read(target.text);
      for (const cell of [row![0]!, row![4]!]) expect(cell).not.toMatch(/^[=+\-@\t\r\n\0＝＋－＠]/u);
      expect(row![1]).toMatch(/^-?\d/);
    }),
  );
});
