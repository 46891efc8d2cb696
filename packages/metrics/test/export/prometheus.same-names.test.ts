import { expect, test } from '@jest/globals';
import type { PrometheusNaming } from '../../src/export/prometheus/index.ts';
import { MetricsFilter } from '../../src/filter/metrics-filter.ts';
import { MetricType } from '../../src/model/metric-type.ts';
import { setUp } from '../read/set-up.ts';
import { Collecting } from './recorded.ts';

const NAMES = ['fine', 'with space!', '1st', 'время', '時間', '', 'Fine', 'x', 'x_count', '=cmd()'];

test.each<PrometheusNaming>(['specification', 'official'])(
  'collector and reader write the same series of the same records: %s',
  async (naming) => {
    const { collector, reader, provider } = setUp();
    for (const name of NAMES) {
      for (const type of Object.values(MetricType)) for (const value of [1, 3]) collector.recordMetric(name, value, type, 'src', { value });
    }
    const [fromCollector, fromReader] = [new Collecting(), new Collecting()];
    await collector.exportToPrometheus(fromCollector, { naming });
    const filter = new MetricsFilter().addSourceFilter('src');
    await reader.exportToPrometheus(fromReader, { naming, filter, withoutTargetInfo: true });
    expect(fromCollector.text.split('\n').toSorted()).toEqual(fromReader.text.split('\n').toSorted());
    await provider.shutdown();
  },
);
