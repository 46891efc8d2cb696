import { describe, expect, test } from '@jest/globals';
import type { Attributes } from '@opentelemetry/api';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider, MetricReader, type MetricData, type ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { resourceFromAttributes } from '@opentelemetry/resources';
import * as fc from 'fast-check';
import { PrometheusTextSerializer, type PrometheusOptions } from '../../src/export/prometheus/index.ts';
import { counter, gauge, histogram, resourceMetrics, scope, upDownCounter } from './prometheus.helpers.ts';

/**
 * The naming `official` against the exporter it is named after. Left out, because that exporter writes nothing or something
 * illegal: exponential histograms, label names that clash or are illegal, metric names that clash (by type, unit, or with a
 * histogram's own series) or come to nothing, series that come to the same labels, timestamps between milliseconds, missing last
 * buckets. The one difference elsewhere: we always end the last line with a line feed, without which promtool refuses a text.
 */
function expectSame(ours: PrometheusTextSerializer, options: PrometheusOptions, metrics: ResourceMetrics): void {
  const { prefix, appendTimestamp, withResourceConstantLabels, withoutTargetInfo, withoutScopeInfo } = options;
  const labels = [withResourceConstantLabels, withoutTargetInfo, withoutScopeInfo] as const;
  const theirs = new PrometheusSerializer(prefix, appendTimestamp, ...labels);
  const expected = theirs.serialize(metrics).toWellFormed().replace(/\n$/, '');
  expect(ours.serialize(metrics).replace(/\n$/, '').split('\n')).toEqual(expected.split('\n'));
}

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.string({ unit: fc.constantFrom('"', '\\', '\n', '\r', 'n', ',', '}', ' ', '\u2028'), maxLength: 8 }),
);
const number = fc.oneof(
  fc.double(),
  fc.maxSafeInteger(),
  fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1e21, 1e-7, Number.MAX_VALUE, 5e-324, 123456789012345680000),
);
const attributeValue = fc.oneof(
  text,
  number,
  fc.boolean(),
  fc.constantFrom(undefined, null as unknown as undefined),
  fc.array(fc.option(text)),
  fc.array(number, { maxLength: 3 }),
);

const legal = (key: string): string => key.replace(/[^a-zA-Z0-9_]/g, '_').replace(/_{2,}/g, '_');
/** Distinct label names that are none of the scope's, and start so that those of resource and points never meet. */
const attributes = (start: string): fc.Arbitrary<Attributes> =>
  fc
    .uniqueArray(fc.tuple(fc.string({ maxLength: 6 }), attributeValue), { selector: ([key]) => legal(start + key), maxLength: 4 })
    .map((entries) => Object.fromEntries(entries.map(([key, value]) => [start + key, value])));

const bounds = fc
  .uniqueArray(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 6 })
  .map((all) => all.map((bound) => bound + 0).sort((a, b) => a - b));
const histogramValue = fc.tuple(bounds, fc.boolean(), fc.option(number, { nil: undefined })).chain(([finite, isInfinite, sum]) =>
  fc.array(fc.nat(1_000), { minLength: finite.length + 1, maxLength: finite.length + 1 }).map((counts) => ({
    buckets: isInfinite ? { boundaries: [...finite, Infinity], counts: [...counts, 0] } : { boundaries: finite, counts },
    count: counts.reduce((total, count) => total + count, 0),
    ...(sum === undefined ? {} : { sum }),
  })),
);

const KINDS = [counter, upDownCounter, gauge, histogram] as const;
/** One metric as each scope that has it may describe it: same name, kind and unit, or no unit. */
const instrument = fc.record({
  name: text,
  kind: fc.nat(KINDS.length - 1),
  unit: fc.oneof(fc.constantFrom('s', 'By', '1', '{x}', 'a\\b\nc'), fc.string({ maxLength: 4 })),
  total: fc.boolean(),
  uses: fc.array(
    fc.record({
      scope: fc.nat(3),
      hasUnit: fc.boolean(),
      description: text,
      points: fc.array(fc.tuple(attributes('p'), number, histogramValue), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});

const scrape = fc
  .record({
    instruments: fc.array(instrument, { maxLength: 6 }),
    versions: fc.array(fc.record({ version: text, schemaUrl: text }, { requiredKeys: [] }), { minLength: 4, maxLength: 4 }),
    names: fc.array(text, { minLength: 4, maxLength: 4 }),
    resource: attributes('r'),
    target: fc.option(fc.tuple(text, number)),
  })
  .map(({ instruments, versions, names, resource, target }) => {
    const metrics: MetricData[][] = [[], [], [], []];
    let point = 0;
    instruments.forEach(({ name, kind, unit, total, uses }, i) => {
      for (const use of uses) {
        // The index keeps families apart whatever suffixes they get, `z` keeps series apart whatever their scopes are called.
        const full = `i${i}x${name}${total ? '_total' : 'z'}`;
        const description = { unit: use.hasUnit ? unit : '', description: use.description };
        const points = use.points.map(([own, value, buckets]) => {
          point += 1;
          return [{ ...own, z: point }, kind === 3 ? buckets : value] as never;
        });
        metrics[use.scope]!.push(KINDS[kind]!(full, points, description));
      }
    });
    if (target !== null) metrics[0]!.push(gauge('target.info', [[{ z: 0 }, target[1]]], { description: target[0] }));
    const scopes = metrics.map((each, i) => scope(names[i]!, each, versions[i]));
    return resourceMetrics(scopes, resource);
  });

const options: fc.Arbitrary<PrometheusOptions> = fc.record(
  {
    prefix: fc.constantFrom('', 'app', '_x', 'a:b_'),
    appendTimestamp: fc.boolean(),
    withResourceConstantLabels: fc.constantFrom(/./, /[a-m]/i, /^$/),
    withoutTargetInfo: fc.boolean(),
    withoutScopeInfo: fc.boolean(),
  },
  { requiredKeys: [] },
);

describe('naming: official', () => {
  test('equals the official exporter line for line, at the first scrape and at later ones', () => {
    fc.assert(
      fc.property(options, scrape, number, (chosen, metrics, value) => {
        const ours = new PrometheusTextSerializer({ ...chosen, naming: 'official' });
        expectSame(ours, chosen, metrics);
        const dataPoints = metrics.scopeMetrics.flatMap((each) => each.metrics.flatMap((metric): object[] => metric.dataPoints));
        for (const dataPoint of dataPoints) {
          if ('value' in dataPoint && typeof dataPoint.value === 'number') dataPoint.value = value;
        }
        expectSame(ours, chosen, metrics);
      }),
      { numRuns: 500 },
    );
  });

  test('equals it for what the SDK collects from every kind of instrument', async () => {
    const reader = new (class extends MetricReader {
      protected override async onShutdown(): Promise<void> {}
      protected override async onForceFlush(): Promise<void> {}
    })();
    const resource = resourceFromAttributes({ 'service.name': 'shop', 'process.command_args': ['a', 'b"c'] });
    const provider = new MeterProvider({ readers: [reader], resource });
    const meter = provider.getMeter('lib', '1.0', { schemaUrl: 'https://example.org/schema' });
    meter.createObservableCounter('o.counter', { unit: 's' }).addCallback((result) => result.observe(7, { a: 1 }));
    meter.createObservableUpDownCounter('o.updown').addCallback((result) => result.observe(-7));
    meter.createObservableGauge('o.gauge', { description: 'line\nfeed' }).addCallback((result) => result.observe(0.1 + 0.2));
    const instruments = {
      count: meter.createCounter('requests', { unit: '{request}', description: 'all of them' }),
      load: meter.createUpDownCounter('load'),
      heat: meter.createGauge('heat', { unit: 'Cel' }),
      time: provider.getMeter('other').createHistogram('time', { unit: 's' }),
    };
    const ours = new PrometheusTextSerializer({ naming: 'official' });
    for (let round = 0; round < 3; round += 1) {
      instruments.count.add(1, { 'http.route': '/' });
      instruments.count.add(2, { 'http.route': '/x', 'http.method': 'GET' });
      instruments.load.add(-1.5);
      instruments.heat.record(20 + round);
      for (const value of [0.1, 7, 1e6]) instruments.time.record(value, { ok: true });
      const { resourceMetrics: metrics } = await reader.collect();
      expectSame(ours, {}, metrics);
    }
  });
});
