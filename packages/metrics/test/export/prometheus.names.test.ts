import { describe, expect, test } from '@jest/globals';
import type { MetricData } from '@opentelemetry/sdk-metrics';
import { PrometheusTextSerializer, type PrometheusOptions } from '../../src/export/prometheus/index.ts';
import { buckets, counter, gauge, histogram, upDownCounter } from './prometheus.helpers.ts';
import { parseExposition, resourceMetrics, scope, type Point } from './prometheus.helpers.ts';

function nameOf(metric: MetricData, options: PrometheusOptions = {}): string {
  const text = new PrometheusTextSerializer(options).serialize(resourceMetrics([scope('s', [metric])]));
  return [...parseExposition(text).keys()].filter((name) => name !== 'target_info').join();
}

const one: Point<number>[] = [[{}, 1]];

describe('names of the specification and the Collector (default)', () => {
  test.each([
    ['http.server.request.duration', 's', 'http_server_request_duration_seconds'],
    ['a', 'ms', 'a_milliseconds'],
    ['a', 'us', 'a_microseconds'],
    ['a', 'ns', 'a_nanoseconds'],
    ['a', 'min', 'a_minutes'],
    ['a', 'h', 'a_hours'],
    ['a', 'd', 'a_days'],
    ['a', 'By', 'a_bytes'],
    ['a', 'KiBy', 'a_kibibytes'],
    ['a', 'MiBy', 'a_mebibytes'],
    ['a', 'GiBy', 'a_gibibytes'],
    ['a', 'TiBy', 'a_tibibytes'],
    ['a', 'KBy', 'a_kilobytes'],
    ['a', 'MBy', 'a_megabytes'],
    ['a', 'GBy', 'a_gigabytes'],
    ['a', 'TBy', 'a_terabytes'],
    ['a', 'm', 'a_meters'],
    ['a', 'V', 'a_volts'],
    ['a', 'A', 'a_amperes'],
    ['a', 'J', 'a_joules'],
    ['a', 'W', 'a_watts'],
    ['a', 'g', 'a_grams'],
    ['a', 'Cel', 'a_celsius'],
    ['a', 'Hz', 'a_hertz'],
    ['a', '%', 'a_percent'],
    ['a', '1', 'a_ratio'],
    ['a.ratio', '1', 'a_ratio'],
    ['a', '{request}', 'a'],
    ['a', '{item}/s', 'a_per_second'],
    ['a', '1/s', 'a_per_second'],
    ['a', 'By/s', 'a_bytes_per_second'],
    ['a', 'By/m', 'a_bytes_per_minute'],
    ['a', 'By/{op}', 'a_bytes'],
    ['a', 'furlong/fortnight', 'a_furlong_per_fortnight'],
    ['a', 'unit@with#special', 'a_unit_with_special'],
    ['a', 'm²', 'a_m'],
    ['a', '/', 'a'],
    ['a', 'constructor', 'a_constructor'],
    ['memory_bytes.used', 'By', 'memory_bytes_used'],
    ['a..b--c__d', '', 'a_b_c_d'],
    ['_leading.and.trailing_', '', 'leading_and_trailing'],
    ['2xx.responses', '', '_2xx_responses'],
    ['job:rate', '', 'job:rate'],
    ['größe', '', 'gr_e'],
    ['###', '', '_'],
  ])('gauge %s in "%s" is %s', (name, unit, expected) => {
    expect(nameOf(gauge(name, one, { unit }))).toBe(expected);
  });

  test.each([
    ['requests', '', 'requests_total'],
    ['requests', '1', 'requests_total'],
    ['requests.total', '', 'requests_total'],
    ['total.requests', '', 'requests_total'],
    ['cpu.time', 's', 'cpu_time_seconds_total'],
    ['cpu.seconds_total', 's', 'cpu_seconds_total'],
    ['io', 'By/s', 'io_bytes_per_second_total'],
  ])('counter %s in "%s" is %s', (name, unit, expected) => {
    expect(nameOf(counter(name, one, { unit }))).toBe(expected);
  });

  test('a sum that may fall is a gauge without a type suffix', () => {
    const metric = upDownCounter('pool.total', one, { unit: '1' });
    const text = new PrometheusTextSerializer().serialize(resourceMetrics([scope('s', [metric])]));
    expect(text).toContain('# TYPE pool_total gauge\n');
  });

  test('a prefix comes before everything but target_info', () => {
    expect(nameOf(gauge('2xx', one), { prefix: 'app' })).toBe('app_2xx');
    const text = new PrometheusTextSerializer({ prefix: 'app' }).serialize(resourceMetrics([], { 'service.name': 'x' }));
    expect(text).toContain('target_info{service_name="x"} 1\n');
  });
});

describe('names of the official exporter', () => {
  test.each([
    ['http.server.duration', 's', 'http_server_duration'],
    ['a..b', '', 'a_b'],
    ['2xx', '', '_2xx'],
    ['a:b', '', 'a_b'],
    ['', '', '_'],
    ['###', '', '_'],
  ])('gauge %s in "%s" is %s', (name, unit, expected) => {
    expect(nameOf(gauge(name, one, { unit }), { naming: 'official' })).toBe(expected);
  });

  test('counters end with _total, once', () => {
    expect(nameOf(counter('a.total', one), { naming: 'official' })).toBe('a_total');
    expect(nameOf(counter('a', one, { unit: 's' }), { naming: 'official' })).toBe('a_total');
  });
});

describe.each(['specification', 'official'] as const)('metrics that want one name (%s)', (naming) => {
  const serialize = (...scopes: MetricData[][]): string =>
    new PrometheusTextSerializer({ naming, withoutTargetInfo: true }).serialize(
      resourceMetrics(scopes.map((metrics, i) => scope(`s${i}`, metrics))),
    );

  test('are one family if type and unit agree; the first description stays', () => {
    const families = parseExposition(
      serialize([gauge('q.size', one, { description: 'first' })], [gauge('q_size', one, { description: 'second' })]),
    );
    expect([...families.keys()]).toEqual(['q_size']);
    expect(families.get('q_size')).toMatchObject({ help: 'first', samples: [{}, {}] });
  });

  test('get a number, before _total, if their types differ', () => {
    const families = parseExposition(
      serialize([counter('x_total', [[{}, 1]])], [gauge('x_total', [[{}, 2]])], [histogram('x_total', [[{}, buckets([], [3])]])]),
    );
    const types = [...families].map(([name, { type }]) => `${name} ${type}`);
    expect(types).toEqual(['x_total counter', 'x_total_2 gauge', 'x_total_3 histogram']);
    const counters = parseExposition(serialize([gauge('x_total', [[{}, 2]])], [counter('x', [[{}, 1]])]));
    expect([...counters.keys()]).toEqual(['x_total', 'x_2_total']);
  });

  test('never take the names of a histogram’s own series', () => {
    const h = histogram('x', [[{}, buckets([1], [1, 2])]]);
    const c = gauge('x_count', [[{}, 7]]);
    expect([...parseExposition(serialize([h], [c])).keys()]).toEqual(['x', 'x_count_2']);
    expect([...parseExposition(serialize([c], [h])).keys()]).toEqual(['x_count', 'x_2']);
  });

  test('keep the name they were given, whichever comes first later', () => {
    const serializer = new PrometheusTextSerializer({ naming, withoutTargetInfo: true });
    const late = gauge('x', [[{}, 1]]);
    const early = histogram('x', [[{}, buckets([], [1])]]);
    const typesOf = (metrics: MetricData[]): string[] => {
      const families = parseExposition(serializer.serialize(resourceMetrics([scope('s', metrics)])));
      return [...families].map(([name, { type }]) => `${name} ${type}`);
    };
    expect(typesOf([early])).toEqual(['x histogram']);
    expect(typesOf([late, early])).toEqual(['x_2 gauge', 'x histogram']);
  });

  test('a metric called target_info that cannot be one with ours makes room for it', () => {
    const text = new PrometheusTextSerializer({ naming }).serialize(
      resourceMetrics([scope('s', [histogram('target_info', [[{}, buckets([], [1])]])])], { a: 'b' }),
    );
    expect([...parseExposition(text).keys()]).toEqual(['target_info', 'target_info_2']);
  });
});

test('metrics of different units are never one family, where the unit is not in the name', () => {
  const serializer = new PrometheusTextSerializer({ naming: 'official', withoutTargetInfo: true });
  const text = serializer.serialize(
    resourceMetrics([
      scope('a', [gauge('t', one)]),
      scope('b', [gauge('t', one, { unit: 's' })]),
      scope('c', [gauge('t', one, { unit: 'ms' })]),
      scope('d', [gauge('t', one, { unit: '{thing}' })]),
    ]),
  );
  const families = parseExposition(text);
  expect([...families].map(([name, { samples }]) => [name, samples.length])).toEqual([
    ['t', 3],
    ['t_2', 1],
  ]);
  expect(text).toContain('# UNIT t s\n');
  expect(text).toContain('# UNIT t_2 ms\n');
});

test('names that come and go are not remembered for ever', () => {
  const serializer = new PrometheusTextSerializer({ withoutTargetInfo: true });
  const serialize = (metrics: MetricData[]): string => serializer.serialize(resourceMetrics([scope('s', metrics)]));
  serialize([gauge('x', one)]);
  for (let i = 0; i < 1_100; i += 1) serialize([gauge(`n${i}`, one)]);
  expect(serialize([counter('x_total', one), histogram('x', [[{}, buckets([], [1])]])])).toContain('# TYPE x histogram\n');
});
