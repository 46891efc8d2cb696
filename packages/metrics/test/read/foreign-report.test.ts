import { expect, test } from '@jest/globals';
import { MetricsFilter } from '../../src/filter/metrics-filter.ts';
import { setUp } from './set-up.ts';

const filter = () => new MetricsFilter();

test('a filter of the report knows the tags of other libraries’ instruments', async () => {
  const { collector, meter, reader, provider } = setUp();
  collector.recordTiming('load', 1, 'a');
  const requests = meter.createHistogram('requests', { unit: 's' });
  requests.record(1, { method: 'GET' });
  requests.record(2, { method: 'PUT' });
  meter.createGauge('temperature').record(20);
  let observed = true;
  meter.createObservableGauge('gone').addCallback((result) => {
    if (observed) result.observe(1, { method: 'GET' });
  });
  const names = async (chosen: MetricsFilter) => (await reader.report({ filter: chosen })).statistics.map(({ name }) => name);
  expect(await names(filter().addTagFilter('method'))).toEqual(['requests', 'gone']);
  expect(await names(filter().addTagFilter('method', 'PUT'))).toEqual(['requests']);
  expect(await names(filter().addNot(filter().addTagFilter('method')))).toEqual(['load_time', 'temperature']);
  expect(await names(filter().addTypeFilter('time'))).toEqual(['load_time', 'requests']);
  expect(await names(filter().addSourceFilter('a'))).toEqual(['load_time']);
  expect(await names(filter().addTimeRangeFilter(0, 1))).toEqual(['load_time', 'requests', 'temperature', 'gone']);
  observed = false;
  expect(await names(filter().addNameFilter('gone'))).toEqual(['gone']);
  await provider.shutdown();
});
