import { expect, test } from '@jest/globals';
import { Collecting } from '../export/recorded.ts';
import { CentralizedMetricsCollector } from '../../src/record/collector.ts';

test('a source of a handle that is no text is taken as one, and spoils no export', async () => {
  const collector = new CentralizedMetricsCollector();
  collector.series({ name: 'm', source: 5 as never }).record(1);
  collector.series({ name: 'm', source: Symbol('api') as never }).record(1);
  expect(collector.getMetrics().map(({ source }) => source)).toEqual(['5', 'Symbol(api)']);
  const output = new Collecting();
  await collector.exportToCsv(output);
  expect(output.text).toContain(',5,{}');
});
