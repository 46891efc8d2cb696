import { expect, test } from '@jest/globals';
import { MetricsFilter } from '../../src/filter/metrics-filter.ts';
import { setUp } from './set-up.ts';

test('a tag called __proto__ is in a snapshot as it is in the history', async () => {
  const { collector, reader, provider } = setUp();
  const tags = JSON.parse('{"__proto__":"evil","a":"b"}') as Record<string, string>;
  collector.recordMetric('m', 1, 'custom', 's', tags);
  const [metric] = await reader.snapshot(new MetricsFilter().addNameFilter('m'));
  expect(Object.entries(metric!.tags)).toEqual(Object.entries(collector.getMetrics()[0]!.tags));
  expect(Object.entries(metric!.tags)).toEqual(Object.entries(tags));
  await provider.shutdown();
});
