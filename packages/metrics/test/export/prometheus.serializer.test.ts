import { describe, expect, test } from '@jest/globals';
import type { Attributes } from '@opentelemetry/api';
import type { MetricData } from '@opentelemetry/sdk-metrics';
import { PrometheusTextSerializer, type PrometheusOptions } from '../../src/export/prometheus/index.ts';
import { buckets, counter, exponential, gauge, histogram, upDownCounter } from './prometheus.helpers.ts';
import { resourceMetrics, samplesOf, scope } from './prometheus.helpers.ts';

const bare: PrometheusOptions = { withoutScopeInfo: true, withoutTargetInfo: true };

function samples(metrics: MetricData[], options: PrometheusOptions = bare): string[] {
  return samplesOf(new PrometheusTextSerializer(options).serialize(resourceMetrics([scope('s', metrics)])));
}

test('a whole text', () => {
  const time = histogram('http.server.duration', [[{ route: '/' }, buckets([0.1, 1], [1, 2, 3], 4.5)]], {
    unit: 's',
    description: 'Time\nspent',
  });
  const metrics = resourceMetrics([scope('http', [time, counter('requests', [[{}, 7]])])], { 'service.name': 'shop' });
  expect(new PrometheusTextSerializer().serialize(metrics)).toBe(
    [
      '# HELP target_info Target metadata',
      '# TYPE target_info gauge',
      'target_info{service_name="shop"} 1',
      '# HELP http_server_duration_seconds Time\\nspent',
      '# TYPE http_server_duration_seconds histogram',
      'http_server_duration_seconds_count{route="/",otel_scope_name="http"} 6',
      'http_server_duration_seconds_sum{route="/",otel_scope_name="http"} 4.5',
      'http_server_duration_seconds_bucket{route="/",otel_scope_name="http",le="0.1"} 1',
      'http_server_duration_seconds_bucket{route="/",otel_scope_name="http",le="1"} 3',
      'http_server_duration_seconds_bucket{route="/",otel_scope_name="http",le="+Inf"} 6',
      '# HELP requests_total description missing',
      '# TYPE requests_total counter',
      'requests_total{otel_scope_name="http"} 7',
      '',
    ].join('\n'),
  );
});

test('nothing to write is an empty text, or what the official exporter says', () => {
  expect(new PrometheusTextSerializer().serialize(resourceMetrics([]))).toBe('');
  expect(new PrometheusTextSerializer({ naming: 'official', withoutTargetInfo: true }).serialize(resourceMetrics([]))).toBe(
    '# no registered metrics\n',
  );
});

test.each([
  [0, '0'],
  [-0, '0'],
  [1e21, '1e+21'],
  [5e-324, '5e-324'],
  [NaN, 'NaN'],
  [Infinity, '+Inf'],
  [-Infinity, '-Inf'],
])('the value %d is written %s', (value, text) => {
  expect(samples([gauge('x', [[{}, value]])])).toEqual([`x ${text}`]);
});

test('timestamps are whole milliseconds, on request', () => {
  const metric = gauge('x', [[{}, 1]]);
  const late = { ...metric, dataPoints: [{ ...metric.dataPoints[0]!, endTime: [1_700_000_000, 999_999_999] }] } as MetricData;
  const metrics = resourceMetrics([scope('s', [late, histogram('h', [[{}, buckets([], [2], 1)]])])], { a: 'b' });
  const text = new PrometheusTextSerializer({ withoutScopeInfo: true, appendTimestamp: true }).serialize(metrics);
  expect(samplesOf(text)).toEqual([
    'x 1 1700000000999',
    'h_count 2 1700000000123',
    'h_sum 1 1700000000123',
    'h_bucket{le="+Inf"} 2 1700000000123',
  ]);
  expect(text).toContain('target_info{a="b"} 1\n');
});

describe('histograms', () => {
  test('without a sum have none', () => {
    const { buckets: b, count } = buckets([1], [1, 1]);
    const lines = samples([histogram('h', [[{}, { buckets: b, count }]])]);
    expect(lines).toEqual(['h_count 2', 'h_bucket{le="1"} 1', 'h_bucket{le="+Inf"} 2']);
  });

  test('whose bounds end with infinity, or which have no buckets, still have one +Inf', () => {
    const lines = samples([histogram('h', [[{}, buckets([1, Infinity], [1, 2, 0])]])]);
    expect(lines.slice(2)).toEqual(['h_bucket{le="1"} 1', 'h_bucket{le="+Inf"} 3']);
    const none = { buckets: { boundaries: [], counts: [] }, count: 4, sum: 1 };
    expect(samples([histogram('h', [[{}, none]])])).toEqual(['h_count 4', 'h_sum 1', 'h_bucket{le="+Inf"} 4']);
  });
});

describe('points that come to the same labels are one series', () => {
  const a = { 'a.b': 'v' };
  const b = { a_b: 'v' };

  test('sums are added, also those that may fall', () => {
    expect(
      samples([
        counter('x', [
          [a, 1],
          [b, 2],
        ]),
      ]),
    ).toEqual(['x_total{a_b="v"} 3']);
    expect(
      samples([
        upDownCounter('x', [
          [a, 1],
          [b, -3],
        ]),
      ]),
    ).toEqual(['x{a_b="v"} -2']);
  });

  test('the last gauge stays', () => {
    expect(
      samples([
        gauge('x', [
          [a, 1],
          [b, 2],
        ]),
      ]),
    ).toEqual(['x{a_b="v"} 2']);
    expect(samples([upDownCounter('x', [[a, 1]]), gauge('x', [[b, 2]])])).toEqual(['x{a_b="v"} 2']);
  });

  test('histograms are added, on the bounds they share', () => {
    const coarse = histogram('h', [[{}, buckets([1, 2, 4], [1, 2, 3, 4], 10)]]);
    const fine = histogram('h', [[{}, buckets([2, 3, 4, Infinity], [5, 6, 7, 8, 0], 20)]]);
    const bounds = ['h_bucket{le="2"} 8', 'h_bucket{le="4"} 24', 'h_bucket{le="+Inf"} 36'];
    expect(samples([coarse, fine])).toEqual(['h_count 36', 'h_sum 30', ...bounds]);
  });

  test('a classic and an exponential histogram too', () => {
    const positive = { offset: 0, bucketCounts: [2] };
    const e = { scale: 0, zeroCount: 1, count: 3, sum: 3, positive, negative: { offset: 0, bucketCounts: [] } };
    const metrics = [histogram('h', [[{}, buckets([1, 2], [1, 1, 1], 5)]]), exponential('h', [[{}, e]])];
    const bounds = ['h_bucket{le="1"} 2', 'h_bucket{le="2"} 5', 'h_bucket{le="+Inf"} 6'];
    expect(samples(metrics)).toEqual(['h_count 6', 'h_sum 8', ...bounds]);
  });

  test('in whatever order, and with or without empty ones', () => {
    const metrics = [counter('x', [[{ a: 1, b: 2 }, 1]]), counter('x', [[{ b: 2, c: '', a: 1 }, 2]])];
    expect(samples(metrics)).toEqual(['x_total{a="1",b="2"} 3']);
  });

  test('of two scopes, when the scope is left out', () => {
    const metrics = resourceMetrics([scope('s', [counter('x', [[{}, 1]])]), scope('t', [counter('x', [[{}, 2]])])]);
    expect(samplesOf(new PrometheusTextSerializer(bare).serialize(metrics))).toEqual(['x_total 3']);
  });
});

describe('one serializer, many scrapes', () => {
  const serializer = new PrometheusTextSerializer({ withoutTargetInfo: true });

  test('one attributes object may serve several metrics and scopes', () => {
    const shared = { a: 'b' };
    const metrics = resourceMetrics([
      scope('s', [gauge('x', [[shared, 1]]), counter('y', [[shared, 2]]), histogram('z', [[shared, buckets([], [3])]])]),
      scope('t', [gauge('x', [[shared, 4]])]),
    ]);
    const expected = [
      'x{a="b",otel_scope_name="s"} 1',
      'x{a="b",otel_scope_name="t"} 4',
      'y_total{a="b",otel_scope_name="s"} 2',
      'z_count{a="b",otel_scope_name="s"} 3',
      'z_sum{a="b",otel_scope_name="s"} 1',
      'z_bucket{a="b",otel_scope_name="s",le="+Inf"} 3',
    ];
    expect([samplesOf(serializer.serialize(metrics)), samplesOf(serializer.serialize(metrics))]).toEqual([expected, expected]);
  });

  test('an attributes object that was changed is written as it is now', () => {
    const attributes: Attributes = { a: 'before', list: ['x'] };
    const write = (): string[] => samplesOf(serializer.serialize(resourceMetrics([scope('s', [gauge('m', [[attributes, 1]])])])));
    expect(write()).toEqual([String.raw`m{a="before",list="[\"x\"]",otel_scope_name="s"} 1`]);
    attributes['a'] = 'after';
    (attributes['list'] as string[]).push('y');
    expect(write()).toEqual([String.raw`m{a="after",list="[\"x\",\"y\"]",otel_scope_name="s"} 1`]);
    delete attributes['list'];
    expect(write()).toEqual(['m{a="after",otel_scope_name="s"} 1']);
    attributes['b'] = 1;
    expect(write()).toEqual(['m{a="after",b="1",otel_scope_name="s"} 1']);
  });

  test('bounds may differ from series to series and change', () => {
    const write = (...all: number[][]): string[] => {
      const points = all.map((bounds, i) => [{ i }, buckets(bounds, [...bounds.map(() => 1), 1])] as const);
      const lines = samplesOf(serializer.serialize(resourceMetrics([scope('', [histogram('h', points)])])));
      return lines.filter((line) => line.startsWith('h_bucket')).map((line) => /le="([^"]*)"/.exec(line)![1]!);
    };
    expect(write([1, 2], [1, 3], [1, 2])).toEqual(['1', '2', '+Inf', '1', '3', '+Inf', '1', '2', '+Inf']);
    expect(write([5], [1, 2])).toEqual(['5', '+Inf', '1', '2', '+Inf']);
  });
});

test('chunks are bounded, and together the text, also when two are drawn in turn', () => {
  const serializer = new PrometheusTextSerializer();
  const bounds = Array.from({ length: 15 }, (_, i) => i + 1);
  const points = Array.from({ length: 500 }, (_, i): [Attributes, ReturnType<typeof buckets>] => [
    { route: `/items/${i}` },
    buckets(bounds, new Array<number>(16).fill(i)),
  ]);
  const metrics = resourceMetrics([scope('s', [histogram('h', points)])]);
  const whole = serializer.serialize(metrics);
  const [a, b] = [serializer.chunks(metrics), serializer.chunks(metrics)];
  const texts = ['', ''];
  let longest = 0;
  for (;;) {
    const [x, y] = [a.next(), b.next()];
    if (x.done || y.done) break;
    texts[0] += x.value;
    texts[1] += y.value;
    longest = Math.max(longest, x.value.length);
  }
  expect(texts).toEqual([whole, whole]);
  expect(longest).toBeLessThanOrEqual(65_536);
  expect(samplesOf(whole)).toHaveLength(500 * 18);
});

describe('an option that is not of its kind', () => {
  test.each([
    [{ naming: 'prometheus' }, /^naming must be 'specification' or 'official', got "prometheus"$/],
    [{ prefix: 'a-b' }, /^prefix must be empty or match .*, got "a-b"$/],
    [{ prefix: 1 }, /^prefix/],
    [{ appendTimestamp: 'yes' }, /^appendTimestamp must be true or false, got string$/],
    [{ withoutTargetInfo: 1 }, /^withoutTargetInfo/],
    [{ withoutScopeInfo: {} }, /^withoutScopeInfo/],
    [{ withResourceConstantLabels: 'service' }, /^withResourceConstantLabels must be a RegExp, got string$/],
  ])('%j is refused by name', (options, message) => {
    expect(() => new PrometheusTextSerializer(options as PrometheusOptions)).toThrow(message);
  });
});
