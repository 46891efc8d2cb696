import { describe, expect, test } from '@jest/globals';
import type { Picture } from '../../src/model/picture.ts';
import { parseBudget } from '../../src/report/budget/budget.ts';
import { seriesFilter } from '../../src/report/filter.ts';
import { createReport, type ReportRequest } from '../../src/report/report.ts';
import { reportText, type TextOptions } from '../../src/report/text/report-text.ts';
import { columnsOf } from '../../src/top/text.ts';
import { events, picture, spread, told } from './pictures.ts';

const now = picture(
  [
    events('detect_time', spread(200, 0.01, 0.02), { tags: { stage: 'detect' } }),
    events('detect_time', spread(4, 0.5, 0.1), { tags: { stage: 'read' } }),
    told(
      'http_seconds',
      { count: 1234, total: 5, average: 0.004, p50: 0.003, p95: 0.01, p99: 0.02 },
      { kind: 'distribution', type: 'histogram', unit: 's' },
    ),
    told('payload_bytes', { count: 2, total: 4096 }, { kind: 'distribution', type: 'histogram', unit: 'By' }),
    told('items_total', { total: 12_345 }, { kind: 'counter', type: 'counter' }),
    told('used', { last: 3 * 1024 ** 2 }, { unit: 'By' }),
    told('limit', { last: Infinity }),
    told('unknown', {}),
  ],
  { problems: ['line 3: no value', 'line 9: no \u001b[31mname'] },
);

function text(request: ReportRequest, of: Picture = now, options: TextOptions = {}): string {
  return reportText(createReport(of, request), options);
}

describe('the report as text', () => {
  test('all', () => {
    expect(text({})).toBe(`now.json: 8 series, 2023-11-14 22:13:20 UTC

Times, by average            count  average     p50      p95      p99      max   total   stddev     min
detect_time{stage="read"}        4   538 ms  538 ms   571 ms   574 ms   575 ms  2.15 s    28 ms  500 ms
detect_time{stage="detect"}    200    20 ms   20 ms  28.9 ms  29.7 ms  29.9 ms  3.99 s  5.77 ms   10 ms
http_seconds                 1,234     4 ms   ~3 ms   ~10 ms   ~20 ms        –     5 s        –       –

Distributions, by average  count  total
payload_bytes                  2  4 KiB

Counters, by total  total
items_total         12.3k

Gauges, by name   last
limit                ∞
unknown              –
used             3 MiB

~ within the width of a bucket, or as the source estimates it

Not read of now.json
  line 3: no value
  line 9: no �[31mname
`);
  });

  test('a filter, an order, the first of them, and budgets', () => {
    const budgets = ['detect_time.p95 > 50ms', 'detect_time.count > 1000', 'used.last > 4MiB', 'used.p95 > 1'].map(parseBudget);
    const request = { passes: seriesFilter(['detect_* http_*', 'type:histogram', 'detect_*']), sort: 'count', top: 1, budgets } as const;
    expect(text(request)).toBe(`now.json: 4 of 8 series, 2023-11-14 22:13:20 UTC

Times, 1 of 3, by count  count  average    p50     p95     p99  total
http_seconds             1,234     4 ms  ~3 ms  ~10 ms  ~20 ms    5 s

Distributions, by count  count  total
payload_bytes                2  4 KiB

~ within the width of a bucket, or as the source estimates it

Not read of now.json
  line 3: no value
  line 9: no �[31mname

Budgets
  ✗ detect_time.p95 > 50ms: detect_time{stage="read"} has 571 ms
  ✓ not detect_time.count > 1000
  ✓ not used.last > 4MiB
  ? used.p95 > 1: of used there is no p95
`);
  });

  test('nothing', () => {
    expect(text({}, picture([], { takenAt: NaN }))).toBe('now.json: 0 series\n\nThere is no series.\n');
    expect(text({ passes: () => false }, { ...now, problems: [] })).toContain(
      '0 of 8 series, 2023-11-14 22:13:20 UTC\n\nNo series passes the filter. A pattern is of the whole name',
    );
  });

  test('a difference', () => {
    const before = picture(
      [
        events('detect_time', spread(200, 0.008, 0.002), { tags: { stage: 'detect' } }),
        events('detect_time', spread(4, 0.25, 0.1), { tags: { stage: 'read' } }),
        told('items_total', { total: 10_000 }, { kind: 'counter', type: 'counter' }),
        told('old', { last: 1 }),
      ],
      { from: 'before.json', takenAt: NaN },
    );
    expect(text({ before }, { ...now, problems: [] })).toBe(`now.json: 8 series, 2023-11-14 22:13:20 UTC
compared with before.json: 4 series

What changed                          result  p50 change  p95 change    samples  average change              p50                p95          average
detect_time{stage="detect"}           slower      +122 %      +192 %  200 → 200          +122 %  8.99 ms → 20 ms  9.89 ms → 28.9 ms  8.99 ms → 20 ms
detect_time{stage="read"}    too few samples     +87.0 %     +77.8 %      4 → 4         +87.0 %  288 ms → 538 ms    321 ms → 571 ms  288 ms → 538 ms

Changed: 99 % confidence intervals apart (p50 from 8 samples, p95 from 104)

Values        change        value
items_total  +23.4 %  10k → 12.3k

Came
  http_seconds
  payload_bytes
  used
  limit
  unknown

Went
  old
`);
  });

  test('a difference between exports that have no series in common says why', () => {
    const [ours, theirs] = [picture([told('load_time', { last: 1 })]), picture([told('load_time_seconds', { last: 1 })])];
    expect(text({ before: theirs }, ours)).toContain('\nNo series is in both. ');
    expect(text({ before: picture([]) }, ours)).toContain('\nThere is no series to compare.\n');
  });

  test('says which source where names alone do not', () => {
    const all = picture([
      told('a', { last: 1 }, { source: 'x' }),
      told('a', { last: 2 }, { source: 'y' }),
      told('b', { last: 3 }, { source: 'y' }),
    ]);
    expect(text({}, all)).toMatch(/\na \(x\) +1\na \(y\) +2\nb +3\n/);
  });

  test.each([40, 60, 80, 120])('fits %i columns, whatever names are', (width) => {
    const all = picture([...now.series, events('名前'.repeat(40), [1, 2, 3]), told(`x${'\u001b[2J'.repeat(30)}`, { last: 1 })]);
    const lines = text({}, all, { width }).split('\n');
    const tables = lines.filter((line) => !line.startsWith('~ ') && !line.startsWith('now.json'));
    for (const line of tables) expect(columnsOf(line)).toBeLessThanOrEqual(width);
    expect(lines.join('')).not.toContain('\u001b');
  });

  test('colours are only looks', () => {
    const before = picture([events('detect_time', spread(200, 0.008, 0.002), { tags: { stage: 'detect' } })]);
    const plain = text({ before, budgets: [parseBudget('used.last > 1B')] });
    const coloured = text({ before, budgets: [parseBudget('used.last > 1B')] }, now, { hasColour: true });
    const looks = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
    expect(coloured).toMatch(looks);
    expect(coloured.replace(looks, '')).toBe(plain);
  });
});
