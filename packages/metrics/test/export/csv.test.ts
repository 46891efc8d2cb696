import { describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { exportEventsToCsv, exportMetricsToCsv } from '../../src/export/csv.ts';
import type { Metric } from '../../src/model/metric.ts';
import { Collecting, Recording } from './recorded.ts';

describe('exportEventsToCsv', () => {
  test('writes RFC 4180: a header, CRLF line ends, quotes where needed, tags as a JSON object', async () => {
    const { collector, clock, events } = new Recording();
    collector.recordMetric('db', 0.25, 'time', 'shop', { table: 'or"ders', rows: 3 });
    clock.advance(1500.5);
    collector.recordMetric('a,b', -2, 'memory', 'two\nlines');
    const target = new Collecting();
    expect(await exportEventsToCsv(events, target)).toEqual({ written: 2, overwritten: 0 });
    expect(target.text).toBe(
      [
        'name,value,metric_type,timestamp,source,tags',
        'db,0.25,time,1767225600,shop,"{""rows"":3,""table"":""or\\""ders""}"',
        '"a,b",-2,memory,1767225601.5005,"two\nlines",{}',
        '',
      ].join('\r\n'),
    );
  });

  test('an empty history is the header alone', async () => {
    const target = new Collecting();
    await exportEventsToCsv(new Recording().events, target);
    expect(target.text).toBe('name,value,metric_type,timestamp,source,tags\r\n');
  });

  const formulas = ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '\0=1', '＝1', '＋1', '－1', '＠1'];

  test.each(formulas)('a spreadsheet does not run %j', async (text) => {
    const { collector, events } = new Recording();
    collector.recordMetric(text, -1, 'custom', text);
    const target = new Collecting();
    await exportEventsToCsv(events, target);
    const [row] = parse(target.text, { columns: true, record_delimiter: '\r\n' }) as Record<string, string>[];
    expect(row).toMatchObject({ name: `'${text}`, source: `'${text}`, value: '-1' });
  });

  test('a filter is obeyed', async () => {
    const target = new Collecting();
    const result = await exportEventsToCsv(new Recording().recordMany(1000).events, target, { filter: ({ value }) => value >= 990 });
    expect(result.written).toBe(10);
    expect(parse(target.text)).toHaveLength(11);
  });
});

describe('exportMetricsToCsv', () => {
  const point: Metric = { name: 'n', value: 2, type: 'time', timestamp: 1_767_225_600.25, source: 's', tags: { a: 1 } };

  test('adds unit, count, sum, min and max, empty where the data point has none', async () => {
    const target = new Collecting();
    const distribution = { count: 3, sum: -6, min: -4, max: 0.5, buckets: [] };
    const empty = { count: 0, buckets: [] };
    await exportMetricsToCsv([point, { ...point, unit: '=s', distribution }, { ...point, value: NaN, distribution: empty }], target);
    expect(target.text.split('\r\n')).toEqual([
      'name,value,metric_type,timestamp,source,tags,unit,count,sum,min,max',
      'n,2,time,1767225600.25,s,"{""a"":1}",,,,,',
      'n,2,time,1767225600.25,s,"{""a"":1}",\'=s,3,-6,-4,0.5',
      'n,,time,1767225600.25,s,"{""a"":1}",,0,,,',
      '',
    ]);
  });
});
