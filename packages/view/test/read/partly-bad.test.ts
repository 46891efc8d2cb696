import { describe, expect, test } from '@jest/globals';
import { UnreadableError } from '../../src/read/unreadable-error.ts';
import { readText } from './folder.ts';

const event = (value: unknown, rest: object = {}): string =>
  JSON.stringify({ name: 'op_time', value, metric_type: 'time', timestamp: 1_700_000_000, source: 's', tags: {}, ...rest });

describe('what is bad is left out and told', () => {
  test('NDJSON', async () => {
    const { series, problems } = await readText(
      [
        event(1),
        event(null),
        '{"name": "cut',
        event('2'),
        event(3, { metric_type: 'hour' }),
        '',
        '[]',
        event(2),
        event(4, { timestamp: undefined }),
      ].join('\n'),
    );
    expect(series.map(({ figures }) => [figures.count, figures.total])).toEqual([[2, 3]]);
    expect(problems).toEqual([
      'line 2: the value is not a finite number',
      expect.stringMatching(/^line 3: .*JSON/),
      'line 4: no value',
      'line 5: metric_type "hour" is unknown',
      'line 7: not an object',
      'line 9: no timestamp',
    ]);
  });

  test('an array that was cut off', async () => {
    const { series, problems } = await readText(`[\n${event(1)},\n${event(2)},\n{"name":"op_time","va`);
    expect(series.map(({ figures }) => figures.count)).toEqual([2]);
    expect(problems).toEqual(['the array is not closed: the file was cut off']);
  });

  test('an element of an array', async () => {
    const { series, problems } = await readText(`[\n${event(1)},\n{"name": wrong},\n${event(2)}\n]`);
    expect(series.map(({ figures }) => figures.count)).toEqual([2]);
    expect(problems).toEqual([expect.stringMatching(/^line 3: .*JSON/)]);
  });

  test('CSV', async () => {
    const rows = [
      'op,1,time,1,s,{}',
      'op,1,time',
      'op,,time,2,s,{}',
      'op,1e400,time,2,s,{}',
      'op,2,time,2,s,[]',

      'op,3,time,2,s,{}',
      '"op"x,4,time,2,s,{}',
      'op,5,time,2,s,{}',
      '"op",6,time,2,s,{}',
      'op,7,time,2,s,{}',
    ];
    const { series, problems } = await readText(`name,value,metric_type,timestamp,source,tags\r\n${rows.join('\r\n')}\r\n`);
    expect(series.map(({ figures }) => [figures.count, figures.total])).toEqual([[3, 11]]);
    expect(problems).toEqual([
      'line 3: 3 cells in place of 6',
      'line 4: the value is not a finite number',
      'line 5: the value is not a finite number',
      'line 6: tags are no JSON object',
      'line 8: text behind a closing quote: what follows, up to the next quote, is left out',
      'line 12: text behind a closing quote: what follows, up to the next quote, is left out',
    ]);
  });

  test('a hundred of them, and how many there are', async () => {
    const { problems } = await readText([event(1), ...Array.from({ length: 150 }, () => event(null))].join('\n'));
    expect([problems.length, problems.at(-1)]).toEqual([101, 'and 50 more']);
  });
});

describe('an export of nothing', () => {
  test.each([
    ['an empty file', ''],
    ['white space', ' \n'],
    ['an empty array', '[]'],
    ['a CSV of a header', 'name,value,metric_type,timestamp,source,tags\r\n'],
    ['only # EOF', '# EOF\n'],
  ])('%s has no series', async (_, text) => {
    expect(await readText(text)).toMatchObject({ series: [], problems: [], takenAt: NaN });
  });
});

describe('what is none of the formats', () => {
  test.each([
    ['HTML', '<!doctype html><p>x', /neither otel-perf's JSON, NDJSON or CSV nor Prometheus' text format$/],
    ['bytes', new Uint8Array([0, 1, 2, 3, 255]), /neither/],
    ['JSON of something else', '[{"a": 1}]', /no event or data point of otel-perf is in it: line 1: no name$/],
    ['one object over many lines', '{\n  "a": 1\n}', /no event or data point of otel-perf/],
    ['prose', 'Dear reader,\nthis is no metric.\n', /line 1: /],
    [
      'CSV of something else',
      'name,value,metric_type,timestamp,source,tags,price\r\n',
      /the columns name,value.*price are not those of otel-perf$/,
    ],
    ['text behind the array', '[] []', /text behind the end of the array$/],
    ['a gzip that was cut off', Buffer.from('H4sIAAAAAAAAA8tIzcnJVyjPL8pJAQ==', 'base64'), /unexpected end of file$/],
  ])('%s', async (_, content, reason) => {
    const reading = readText(content);
    await expect(reading).rejects.toThrow(UnreadableError);
    await expect(reading).rejects.toThrow(reason);
  });
});
