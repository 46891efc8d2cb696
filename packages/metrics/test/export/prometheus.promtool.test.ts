import { describe, expect, test } from '@jest/globals';
import { AggregationType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { PrometheusTextSerializer } from '../../src/export/prometheus/index.ts';
import { hasPromtool, parseExposition, promtool } from './prometheus.helpers.ts';

async function richText(naming: 'specification' | 'official', appendTimestamp: boolean): Promise<string> {
  const reader = new (class extends MetricReader {
    protected override async onShutdown(): Promise<void> {}
    protected override async onForceFlush(): Promise<void> {}
  })();
  const provider = new MeterProvider({
    readers: [reader],
    resource: resourceFromAttributes({ 'service.name': 'shop', 'process.command_args': ['node', '--import', 'a\\b"c'] }),
    views: [{ instrumentName: 'payload.size', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }],
  });
  const meter = provider.getMeter('shop.http', '1.2.3');
  // Names with their base unit and the linter's taste in mind, so that they are clean under both namings.
  const requests = meter.createCounter('http.requests', { description: 'Requests served' });
  requests.add(3, { 'http.route': '/cart', 'http.response.status_code': 200 });
  requests.add(1, { 'http.route': '/"quoted"\\\n', 'http.response.status_code': 500 });
  const time = meter.createHistogram('http.server.duration_seconds', { unit: 's', description: 'Time to\nserve' });
  for (const value of [0.001, 0.2, 7]) time.record(value, { 'http.route': '/cart', 'http-route': 'clash', '1st': true });
  const size = meter.createHistogram('payload.size', { unit: 'By', description: 'Size of payloads' });
  for (const value of [0, 10, 300, 90_000]) size.record(value);
  meter.createUpDownCounter('pool.connections', { description: 'Open connections' }).add(4);
  meter.createGauge('cache.hit_ratio', { unit: '1', description: 'Hits in lookups' }).record(0.97);
  provider.getMeter('other').createGauge('pool.connections', { description: 'Another kind of connections' }).record(NaN);
  provider.getMeter('other').createHistogram('http.requests', { description: 'Same name, another kind' }).record(1);
  const { resourceMetrics } = await reader.collect();
  const options = { naming, appendTimestamp, withResourceConstantLabels: /^service/ };
  return new PrometheusTextSerializer(options).serialize(resourceMetrics);
}

describe.each(['specification', 'official'] as const)('a text of everything the SDK can record (%s)', (naming) => {
  (hasPromtool || process.env['CI'] === 'true' ? test : test.skip)('passes promtool check metrics without a remark', async () => {
    expect(promtool(await richText(naming, false))).toEqual({ status: 0, output: '' });
    expect(promtool(await richText(naming, true))).toEqual({ status: 0, output: '' });
  });

  test('has every instrument', async () => {
    const families = parseExposition(await richText(naming, false));
    const ofType = (type: string): number => [...families.values()].filter((family) => family.type === type).length;
    expect([ofType('counter'), ofType('gauge'), ofType('histogram')]).toEqual([1, 3, 3]);
  });
});
