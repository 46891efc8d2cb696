import { describe, expect, test } from '@jest/globals';
import { readText, series } from '../folder.ts';

describe('text format 0.0.4', () => {
  test('the example of its documentation', async () => {
    const picture = await readText(`# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9

# Minimalistic line:
metric_without_timestamp_and_labels 12.47

# A weird metric from before the epoch:
something_weird{problem="division by zero"} +Inf -3982045

# A histogram, which has a pretty complex representation in the text format:
# HELP http_request_duration_seconds A histogram of the request duration.
# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{le="0.05"} 24054
http_request_duration_seconds_bucket{le="0.1"} 33444
http_request_duration_seconds_bucket{le="0.2"} 100392
http_request_duration_seconds_bucket{le="0.5"} 129389
http_request_duration_seconds_bucket{le="1"} 133988
http_request_duration_seconds_bucket{le="+Inf"} 144320
http_request_duration_seconds_sum 53423
http_request_duration_seconds_count 144320

# Finally a summary, which has a complex representation, too:
# HELP rpc_duration_seconds A summary of the RPC duration in seconds.
# TYPE rpc_duration_seconds summary
rpc_duration_seconds{quantile="0.01"} 3102
rpc_duration_seconds{quantile="0.05"} 3272
rpc_duration_seconds{quantile="0.5"} 4773
rpc_duration_seconds{quantile="0.9"} 9001
rpc_duration_seconds{quantile="0.99"} 76656
rpc_duration_seconds_sum 1.7560473e+07
rpc_duration_seconds_count 2693
`);
    expect(picture.problems).toEqual([]);
    expect(picture.takenAt).toBeNaN();
    expect(picture.series.map(({ name, type, kind, unit, tags }) => [name, type, kind, unit, tags])).toEqual([
      ['http_requests_total', 'counter', 'counter', '', { method: 'post', code: '200' }],
      ['http_requests_total', 'counter', 'counter', '', { method: 'post', code: '400' }],
      ['msdos_file_access_time_seconds', 'untyped', 'gauge', 's', { path: 'C:\\DIR\\FILE.TXT', error: 'Cannot find file:\n"FILE.TXT"' }],
      ['metric_without_timestamp_and_labels', 'untyped', 'gauge', '', {}],
      ['something_weird', 'untyped', 'gauge', '', { problem: 'division by zero' }],
      ['http_request_duration_seconds', 'histogram', 'distribution', 's', {}],
      ['rpc_duration_seconds', 'summary', 'distribution', 's', {}],
    ]);
    expect(picture.series.map(({ figures }) => figures)).toEqual([
      { total: 1027, exactPercentiles: false },
      { total: 3, exactPercentiles: false },
      { last: 1458255915, exactPercentiles: false },
      { last: 12.47, exactPercentiles: false },
      { last: Infinity, exactPercentiles: false },
      {
        count: 144320,
        total: 53423,
        average: 53423 / 144320,
        p50: 0.1 + 0.1 * ((72160 - 33444) / (100392 - 33444)),
        // The 95th percentile lies beyond the last bound: that bound is all that is known.
        p95: 1,
        p99: 1,
        exactPercentiles: false,
      },
      { count: 2693, total: 17560473, average: 17560473 / 2693, p50: 4773, p99: 76656, exactPercentiles: false },
    ]);
    expect(series(picture, 'http_request_duration_seconds').distribution).toEqual({
      count: 144320,
      sum: 53423,
      buckets: [
        { lower: -Infinity, upper: 0.05, count: 24054 },
        { lower: 0.05, upper: 0.1, count: 9390 },
        { lower: 0.1, upper: 0.2, count: 66948 },
        { lower: 0.2, upper: 0.5, count: 28997 },
        { lower: 0.5, upper: 1, count: 4599 },
        { lower: 1, upper: Infinity, count: 10332 },
      ],
    });
  });

  test('milliseconds of timestamps tell when it was taken, where all values have one', async () => {
    expect((await readText('a 1 1700000000500\nb 2 1700000000250\n')).takenAt).toBe(1_700_000_000.5);
    expect((await readText('a 1 1700000000500\nb 2\n')).takenAt).toBeNaN();
  });

  test('the scope’s name is the source, and an empty label is none', async () => {
    const { series: all } = await readText(
      'a{otel_scope_name="shop",otel_scope_version="1",empty="",x="y",} 1\na{otel_scope_name="",x="y"} 2',
    );
    expect(all.map(({ source, tags }) => [source, tags])).toEqual([
      ['shop', { otel_scope_version: '1', x: 'y' }],
      ['', { x: 'y' }],
    ]);
  });

  test('spaces, tabs, CRLF and the spellings of numbers', async () => {
    const { series: all, problems } = await readText(
      '  # TYPE\ta   gauge\r\n\ta  { x = "1" , y="2" }\t 1e-3\t\r\nb -INF\r\nc nan\r\nd +1.\r\ne .5\r\nf -0',
    );
    expect(problems).toEqual([]);
    expect(all.map(({ name, type, tags, figures: { last } }) => [name, type, tags, last])).toEqual([
      ['a', 'gauge', { x: '1', y: '2' }, 0.001],
      ['b', 'untyped', {}, -Infinity],
      ['c', 'untyped', {}, undefined],
      ['d', 'untyped', {}, 1],
      ['e', 'untyped', {}, 0.5],
      ['f', 'untyped', {}, -0],
    ]);
  });
});

describe('OpenMetrics', () => {
  test('units, totals, exemplars, _created and seconds', async () => {
    const picture = await readText(`# TYPE foo_seconds histogram
# UNIT foo_seconds seconds
# HELP foo_seconds Words
foo_seconds_bucket{le="0.1"} 8 # {trace_id="a # b"} 0.054 1520879607.789
foo_seconds_bucket{le="+Inf"} 10
foo_seconds_count 10 1700000000.5
foo_seconds_sum 2.5
foo_seconds_created 1520430000.123
# TYPE requests counter
requests_total{a="1"} 17 1700000000.75 # {} 1
requests_created{a="1"} 1520430000
# TYPE heat gauge
# UNIT heat Cel
heat 20
# TYPE build info
build_info{version="1"} 1
# TYPE depth gaugehistogram
depth_bucket{le="1"} 3
depth_bucket{le="+Inf"} 4
depth_gcount 4
depth_gsum 7
# TYPE mode stateset
mode{mode="on"} 1
# TYPE thing unknown
thing 2
# EOF
`);
    expect(picture.problems).toEqual([]);
    expect(
      picture.series.map(({ name, type, kind, unit, figures: { count, total, last, p50 } }) => [
        name,
        type,
        kind,
        unit,
        count,
        total,
        last,
        p50,
      ]),
    ).toEqual([
      ['foo_seconds', 'histogram', 'distribution', 's', 10, 2.5, undefined, 0.0625],
      ['requests_total', 'counter', 'counter', '', undefined, 17, undefined, undefined],
      ['heat', 'gauge', 'gauge', 'Cel', undefined, undefined, 20, undefined],
      ['build_info', 'info', 'gauge', '', undefined, undefined, 1, undefined],
      ['depth', 'gaugehistogram', 'distribution', '', 4, 7, undefined, 2 / 3],
      ['mode', 'stateset', 'gauge', '', undefined, undefined, 1, undefined],
      ['thing', 'unknown', 'gauge', '', undefined, undefined, 2, undefined],
    ]);
    expect((await readText('a 1 1700000000.5\n# EOF\n')).takenAt).toBe(1_700_000_000.5);
  });

  test('names in quotes', async () => {
    const { series: all, problems } = await readText(
      '# TYPE "my.requests" counter\n{"my.requests","http.route"="/",a="1"} 2\n{"other one"} 3\n',
    );
    expect(problems).toEqual([]);
    expect(all.map(({ name, type, tags }) => [name, type, tags])).toEqual([
      ['my.requests', 'counter', { 'http.route': '/', a: '1' }],
      ['other one', 'untyped', {}],
    ]);
  });
});

describe('what is not as it should be is told with its line', () => {
  test.each([
    ['fine 1\n1bad 2', 'line 2: no name of a metric'],
    ['fine 1\na{b="1} 2', 'line 2: a text in quotes is missing or not closed'],
    ['fine 1\na{b="1" c="2"} 2', 'line 2: the labels are not closed'],
    ['fine 1\na{="1"} 2', 'line 2: a label has no name'],
    ['fine 1\na{b} 2', 'line 2: no = behind the label b'],
    ['fine 1\na{b="1"}', 'line 2: no value'],
    ['fine 1\na 0x10', 'line 2: "0x10" is not a number'],
    ['fine 1\na 1_000', 'line 2: "1_000" is not a number'],
    ['fine 1\na 1 2 3', 'line 2: "3" behind the timestamp'],
    ['fine 1\nfine 2', 'line 2: a second value of the same series'],
    ['fine{a="1",b="2"} 1\nfine{b="2",a="1"} 2', 'line 2: a second value of the same series'],
    ['fine 1\n# TYPE fine gauge', 'line 2: the TYPE of fine comes after its values'],
    ['# TYPE fine gauge\n# TYPE fine gauge\nfine 1', 'line 2: a second TYPE of fine'],
    ['# TYPE fine meter\nfine 1', 'line 1: "meter" is no type of a metric'],
    ['fine 1\n# TYPE h histogram\nh_bucket 1', 'line 3: no label le'],
    ['fine 1\n# TYPE h histogram\nh_bucket{le="x"} 1', 'line 3: le="x" is not a number'],
    ['fine 1\n# TYPE h histogram\nh_bucket{le="1"} 1', 'h: neither the bucket le="+Inf" nor a _count'],
    ['fine 1\n# TYPE h histogram\nh_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1', 'h: the counts of its buckets do not rise'],
  ])('%j', async (text, problem) => {
    const picture = await readText(text);
    expect(picture.problems).toEqual([problem]);
    expect(series(picture, 'fine').figures.last).toBe(1);
  });
});

describe('histograms', () => {
  const figures = async (lines: string): Promise<object> => series(await readText(`# TYPE h histogram\n${lines}`), 'h').figures;

  test('of nothing have no figures but their count', async () => {
    expect(await figures('h_bucket{le="1"} 0\nh_bucket{le="+Inf"} 0\nh_sum 0\nh_count 0')).toEqual({
      count: 0,
      total: 0,
      exactPercentiles: false,
    });
  });

  test('without the last bucket take its count from _count', async () => {
    expect(await figures('h_bucket{le="1"} 4\nh_count 4')).toEqual({ count: 4, p50: 0.5, p95: 0.95, p99: 0.99, exactPercentiles: false });
  });

  test('without a bound have no percentiles', async () => {
    expect(await figures('h_bucket{le="+Inf"} 4\nh_sum 2\nh_count 4')).toEqual({
      count: 4,
      total: 2,
      average: 0.5,
      exactPercentiles: false,
    });
  });

  test('whose lines are mixed up are put together', async () => {
    const picture = await readText(
      [
        '# TYPE h histogram',
        'h_sum{a="1"} 2',
        'h_bucket{a="2",le="1"} 1',
        'h_bucket{le="1",a="1"} 3',
        'h_count{a="2"} 4',
        'h_bucket{a="1",le="+Inf"} 3',
        'h_sum{a="2"} 9',
      ].join('\n'),
    );
    expect(picture.problems).toEqual([]);
    expect(picture.series.map(({ tags, figures: { count, total, p50 } }) => [tags, count, total, p50])).toEqual([
      [{ a: '1' }, 3, 2, 0.5],
      [{ a: '2' }, 4, 9, 1],
    ]);
  });

  test('without buckets have what is told', async () => {
    expect(await figures('h_sum 2\nh_count 4')).toEqual({ count: 4, total: 2, average: 0.5, exactPercentiles: false });
  });
});
