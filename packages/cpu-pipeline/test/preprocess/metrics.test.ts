import { expect, test } from '@jest/globals';
import { CentralizedMetricsCollector, PerformanceMetricReader } from '@otel-perf/metrics';
import { MeterProvider, type Histogram } from '@opentelemetry/sdk-metrics';
import { png } from './png.ts';
import { setUp } from './set-up.ts';

test('each item is timed once, in seconds, and those that failed with their reason', async () => {
  let provider: MeterProvider | undefined;
  // The provider wants its readers, and the reader its collector, before the provider is there.
  const late = { getMeter: (...args: Parameters<MeterProvider['getMeter']>) => provider!.getMeter(...args) };
  const collector = new CentralizedMetricsCollector({ meterProvider: late });
  const reader = new PerformanceMetricReader({ collector });
  provider = new MeterProvider({ readers: [reader] });
  const tokenizer = (text: string) => ({ input_ids: Array.from(text, () => 1) });
  const { preprocessor } = setUp({ collector, tokenizer, padId: 0 });
  const startedAt = performance.now();
  using texts = await preprocessor.texts(['one', '', 'two', '']);
  using images = await preprocessor.images([png(9, 9), png(20_000, 20_000, new Uint8Array(1)), png(8, 8)]);
  const seconds = (performance.now() - startedAt) / 1e3;
  expect([texts.inputs.length, images.inputs.length]).toEqual([1, 1]);
  const { resourceMetrics } = await reader.collect();
  await provider.shutdown();
  const metrics = resourceMetrics.scopeMetrics.filter(({ scope }) => scope.name === 'cpu_pipeline').flatMap((scope) => scope.metrics);
  const points = metrics
    .filter(({ descriptor }) => descriptor.name.startsWith('preprocessor_'))
    .flatMap(({ descriptor: { name, unit }, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => ({ name, unit, attributes, value: value as Histogram })),
    );
  expect(points.map(({ name, unit, attributes, value }) => [name, unit, attributes, value.count])).toEqual([
    ['preprocessor_text_time', 's', {}, 2],
    ['preprocessor_text_time', 's', { 'error.type': 'empty' }, 2],
    ['preprocessor_image_time', 's', {}, 2],
    ['preprocessor_image_time', 's', { 'error.type': 'too-large' }, 1],
  ]);
  for (const { value } of points) {
    expect(value.min).toBeGreaterThan(0);
    expect(value.max).toBeLessThan(seconds);
  }
});
