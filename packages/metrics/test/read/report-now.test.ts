import { expect, test } from '@jest/globals';
import { PerformanceMetricReader } from '../../src/read/reader.ts';
import { CentralizedMetricsCollector } from '../../src/record/collector.ts';
import { setUp } from './set-up.ts';

const lines = ({ statistics }: ReturnType<PerformanceMetricReader['reportNow']>) =>
  statistics.map(({ name, exact, stats }) => [name, exact, stats.count, stats.total]);

test('a report at once is exact for the collector, and has other libraries’ instruments as of the last collection', async () => {
  const { reader, collector, meter, provider } = setUp();
  const requests = meter.createCounter('requests');
  requests.add(3);
  collector.recordTiming('load', 0.5, 's');
  expect(lines(reader.reportNow())).toEqual([['load_time', true, 1, 0.5]]);
  await reader.collect();
  requests.add(4);
  collector.recordTiming('load', 1.5, 's');
  expect(lines(reader.reportNow())).toEqual([
    ['load_time', true, 2, 2],
    ['requests', true, 1, 3],
  ]);
  await reader.collect();
  expect(lines(reader.reportNow())).toEqual([
    ['load_time', true, 2, 2],
    ['requests', true, 2, 7],
  ]);
  await provider.shutdown();
});

test('it is the same as one that collects, where nothing has happened since', async () => {
  const { reader, collector, meter, provider } = setUp();
  meter.createHistogram('requests', { unit: 's' }).record(0.2);
  meter.createGauge('heap', { unit: 'By' }).record(10);
  collector.recordMemory('cache', 5, 's');
  const { statistics } = await reader.report();
  expect(reader.reportNow().statistics).toEqual(statistics);
  expect(statistics).toHaveLength(3);
  await provider.shutdown();
});

test('it collects nothing, and can be had before a provider is there and after it is shut down', async () => {
  const collector = new CentralizedMetricsCollector();
  const reader = new PerformanceMetricReader({ collector });
  collector.recordTiming('load', 0.5, 's');
  expect(lines(reader.reportNow())).toEqual([['load_time', true, 1, 0.5]]);
  const other = setUp();
  other.collector.recordCounter('orders', 3, 's');
  await other.provider.shutdown();
  other.collector.recordCounter('orders', 1, 's');
  const { collections } = other.reader.status;
  expect(lines(other.reader.reportNow())).toEqual([['orders', true, 2, 4]]);
  expect(other.reader.status.collections).toBe(collections);
});

test('it has the percentiles that are asked for', async () => {
  const { reader, collector, meter, provider } = setUp();
  collector.recordTiming('load', 0.5, 's');
  meter.createGauge('heap').record(10);
  await reader.collect();
  const percentiles = reader.reportNow({ percentiles: [75] }).statistics.map(({ stats }) => stats.percentiles);
  expect(percentiles.map((each) => Object.keys(each))).toEqual([['p75'], ['p75']]);
  expect(() => reader.reportNow({ percentiles: [101] })).toThrow(RangeError);
  await provider.shutdown();
});
