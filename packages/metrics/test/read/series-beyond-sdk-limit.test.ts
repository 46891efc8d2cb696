import { expect, test } from '@jest/globals';
import { MetricsFilter } from '../../src/filter/metrics-filter.ts';
import { setUp } from './set-up.ts';

const filter = new MetricsFilter().addNameFilter('m');

test('a collector that allows more series than the SDK does by default has all of them in OpenTelemetry', async () => {
  const { collector, reader, provider } = setUp({ collectorOptions: { maxSeriesPerName: 3000 } });
  for (let i = 0; i < 3005; i++) collector.recordMetric('m', i, 'counter', 's', { i });
  for (let collection = 0; collection < 2; collection++) {
    const metrics = await reader.snapshot(filter);
    expect(metrics).toHaveLength(3001);
    expect(metrics.find(({ tags }) => tags['i'] === 2999)?.value).toBe(2999);
    expect(metrics.find(({ tags }) => tags['otel.metric.overflow'])?.value).toBe(3000 + 3001 + 3002 + 3003 + 3004);
  }
  await provider.shutdown();
});

test('a selector of the caller holds', async () => {
  const { collector, reader, provider } = setUp({ cardinalitySelector: () => 10 });
  for (let i = 0; i < 20; i++) collector.recordMetric('m', i, 'counter', 's', { i });
  expect(await reader.snapshot(filter)).toHaveLength(10);
  await provider.shutdown();
});
