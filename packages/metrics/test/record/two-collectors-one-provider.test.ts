import { expect, test } from '@jest/globals';
import { CentralizedMetricsCollector } from '../../src/record/collector.ts';
import { MetricsFilter } from '../../src/filter/metrics-filter.ts';
import { setUp } from '../read/set-up.ts';

test('the losses of all collectors of a provider are added up', async () => {
  const options = { frequencies: [{ name: 'rare', minIntervalMillis: 1e9 }], maxSeriesPerName: 1 };
  const { collector, reader, provider } = setUp({ collectorOptions: options });
  const others = [1, 2].map(() => new CentralizedMetricsCollector({ ...options, meterProvider: provider }));
  for (const each of [collector, ...others]) {
    for (const value of [1, NaN, NaN]) each.recordMetric('m', value, 'custom');
    each.recordMetric('m', 1, 'custom', 'other source');
    for (const value of [1, 2]) each.recordMetric('rare', value, 'custom');
  }
  collector.recordMetric('m', '1' as never, 'custom');
  const losses = await reader.snapshot(new MetricsFilter().addNameFilter('otel_perf.measurements.*'));
  expect(losses.map(({ name, value, tags }) => [name.split('.').at(-1), value, tags['reason']])).toEqual([
    ['dropped', 6, 'not_finite'],
    ['dropped', 1, 'not_a_number'],
    ['skipped', 3, 'interval'],
    ['overflowed', 3, undefined],
  ]);
  await provider.shutdown();
});
