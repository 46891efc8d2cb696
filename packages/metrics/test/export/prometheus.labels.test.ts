import { describe, expect, test } from '@jest/globals';
import type { Attributes } from '@opentelemetry/api';
import { PrometheusTextSerializer, type PrometheusOptions } from '../../src/export/prometheus/index.ts';
import { buckets, gauge, histogram, resourceMetrics, samplesOf, scope } from './prometheus.helpers.ts';

function line(attributes: Attributes, options: PrometheusOptions = {}, resource: Attributes = {}): string {
  const metrics = resourceMetrics([scope('sc', [gauge('x', [[attributes, 1]])], { version: '1.2', schemaUrl: 'u' })], resource);
  return samplesOf(new PrometheusTextSerializer(options).serialize(metrics)).join('\n');
}

const bare: PrometheusOptions = { withoutScopeInfo: true };

test('the scope is on every series, and can be left out', () => {
  expect(line({ a: 'b' })).toBe('x{a="b",otel_scope_name="sc",otel_scope_schema_url="u",otel_scope_version="1.2"} 1');
  expect(line({ a: 'b' }, bare)).toBe('x{a="b"} 1');
  expect(line({}, bare)).toBe('x 1');
});

test('values: text is escaped, everything else is JSON, nothing is empty', () => {
  expect(line({ a: 'q"b\\n\nz' }, bare)).toBe(String.raw`x{a="q\"b\\n\nz"} 1`);
  const values = { a: 1.5, b: true, c: ['x', null, 'y"'], d: undefined };
  expect(line(values, bare)).toBe(String.raw`x{a="1.5",b="true",c="[\"x\",null,\"y\\\"\"]",d=""} 1`);
});

test('a value that JSON cannot write does not cost the scrape', () => {
  const circular: unknown[] = [];
  circular.push(circular);
  const odd = { a: 10n, b: circular, c: () => 1 } as unknown as Attributes;
  expect(line(odd, bare)).toBe('x{a="10",b="",c=""} 1');
});

describe('label names', () => {
  test.each([
    ['http.method', 'http_method', 'http_method'],
    ['a..b', 'a_b', 'a_b'],
    ['1x', 'key_1x', '_1x'],
    ['_x', 'key_x', '_x'],
    ['__name__', 'key_name_', '_name_'],
    ['', 'key_', '_'],
    ['…', 'key_', '_'],
  ])('%s is %s, or %s as the official exporter would have it', (key, specification, official) => {
    expect(line({ [key]: 'v' }, bare)).toBe(`x{${specification}="v"} 1`);
    expect(line({ [key]: 'v' }, { ...bare, naming: 'official' })).toBe(`x{${official}="v"} 1`);
  });

  test('that come to one are joined in the order of the original keys', () => {
    expect(line({ a_b: 'under', z: 1, 'a.b': 'dot', 'a-b': 'dash' }, bare)).toBe('x{a_b="dash;dot;under",z="1"} 1');
  });

  test('le of a histogram stays its own', () => {
    const point: [Attributes, ReturnType<typeof buckets>] = [{ le: 'mine' }, buckets([1], [2, 3], 4)];
    const metrics = resourceMetrics([scope('s', [histogram('h', [point]), gauge('g', [[{ le: 'mine' }, 1]])])], { le: 'res' });
    const text = new PrometheusTextSerializer({ ...bare, withResourceConstantLabels: /le/ }).serialize(metrics);
    expect(samplesOf(text)).toEqual([
      'h_count{exported_le="mine"} 5',
      'h_sum{exported_le="mine"} 4',
      'h_bucket{exported_le="mine",le="1"} 2',
      'h_bucket{exported_le="mine",le="+Inf"} 5',
      'g{le="mine"} 1',
    ]);
  });
});

describe('labels of the resource', () => {
  const resource = { 'service.name': 'svc', 'host.name': 'h', other: 'o' };

  test('are those whose key matches, whatever flags the expression has', () => {
    for (const flags of ['', 'g', 'y', 'gy']) {
      const options = { ...bare, withResourceConstantLabels: new RegExp('service|host', flags) };
      const text = 'x{a="b",service_name="svc",host_name="h"} 1';
      expect([line({ a: 'b' }, options, resource), line({ a: 'b' }, options, resource)]).toEqual([text, text]);
    }
  });

  test('give way to an attribute of the same name, as the scope’s do', () => {
    const options = { withResourceConstantLabels: /./ };
    const own = 'service_name="own",otel_scope_name="own"';
    const rest = 'otel_scope_schema_url="u",otel_scope_version="1.2",host_name="h",other="o"';
    expect(line({ service_name: 'own', 'otel.scope.name': 'own' }, options, resource)).toBe(`x{${own},${rest}} 1`);
  });

  test('are in target_info, all of them', () => {
    const text = new PrometheusTextSerializer().serialize(resourceMetrics([], resource));
    expect(text).toBe(
      '# HELP target_info Target metadata\n# TYPE target_info gauge\ntarget_info{service_name="svc",host_name="h",other="o"} 1\n',
    );
    expect(new PrometheusTextSerializer({ withoutTargetInfo: true }).serialize(resourceMetrics([], resource))).toBe('');
  });
});
