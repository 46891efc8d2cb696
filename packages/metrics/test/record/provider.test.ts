import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { diag, metrics } from '@opentelemetry/api';
import { MetricType } from '../../src/model/metric-type.ts';
import { CentralizedMetricsCollector } from '../../src/record/collector.ts';
import { SELF_SCOPE } from '../../src/record/instruments.ts';
import { catchDiag, meterProvider } from './otel.ts';

let warnings: string[];
beforeEach(() => {
  warnings = catchDiag();
});
afterEach(() => {
  metrics.disable();
  diag.disable();
});

describe('the meter provider', () => {
  test('may appear after the series was made and has recorded', async () => {
    const collector = new CentralizedMetricsCollector();
    const series = collector.series({ name: 'm', type: 'counter', source: 's' });
    series.record(1);
    const { provider, points } = meterProvider();
    metrics.setGlobalMeterProvider(provider);
    series.record(2);
    expect((await points('s', 'm'))[0]!.value).toBe(2);
    expect(collector.getMetricStats('m')).toMatchObject({ total: 3 });
  });

  test('may be replaced, and the losses move with it', async () => {
    const collector = new CentralizedMetricsCollector();
    const series = collector.series({ name: 'm', type: 'counter', source: 's' });
    const first = meterProvider();
    const second = meterProvider();
    metrics.setGlobalMeterProvider(first.provider);
    series.record(1);
    series.record(NaN);
    metrics.disable();
    metrics.setGlobalMeterProvider(second.provider);
    series.record(2);
    expect([(await first.points('s', 'm'))[0]!.value, (await second.points('s', 'm'))[0]!.value]).toEqual([1, 2]);
    expect((await second.points(SELF_SCOPE, 'otel_perf.measurements.dropped'))[0]!.value).toBe(1);
    metrics.disable();
    series.record(4);
    expect((await second.points('s', 'm'))[0]!.value).toBe(2);
  });

  test('that was passed is the one, whatever is global', async () => {
    const own = meterProvider();
    const global = meterProvider();
    metrics.setGlobalMeterProvider(global.provider);
    const collector = new CentralizedMetricsCollector({ meterProvider: own.provider });
    collector.recordCounter('m', 3, 's');
    expect((await own.points('s', 'm'))[0]!.value).toBe(3);
    expect(await global.points('s', 'm')).toEqual([]);
  });
});

describe('instruments', () => {
  test('are made once, however many series share them', async () => {
    const { provider, collect } = meterProvider();
    const collector = new CentralizedMetricsCollector({ meterProvider: provider });
    for (let shard = 0; shard < 5; shard++) collector.recordCounter('m', 1, 's', { shard });
    collector.recordCounter('m', 1, 's');
    const all = await collect('s');
    expect(all).toHaveLength(1);
    expect(all[0]!.dataPoints).toHaveLength(6);
    expect(warnings).toEqual([]);
  });

  test('with a name that OpenTelemetry does not allow get a legal one, and the metric keeps its own', async () => {
    const { provider, collect } = meterProvider();
    const collector = new CentralizedMetricsCollector({ meterProvider: provider });
    for (const name of ['größe (max)', '2xx', '', 'x'.repeat(300)]) collector.recordMetric(name, 1, MetricType.CUSTOM, 's');
    expect((await collect('s')).map(({ descriptor }) => descriptor.name)).toEqual(['gr__e__max_', 'm_2xx', 'm_', 'x'.repeat(255)]);
    expect(collector.getMetrics().map(({ name }) => name)).toEqual(['größe (max)', '2xx', '', 'x'.repeat(300)]);
    expect(warnings).toEqual([]);
  });

  test('of two metrics are never one: names that only look alike, differ in case, or in type', async () => {
    const { provider, collect } = meterProvider();
    const collector = new CentralizedMetricsCollector({ meterProvider: provider });
    collector.recordCounter('a b', 1, 's');
    collector.recordCounter('a_b', 2, 's');
    collector.recordCounter('A_B', 4, 's');
    collector.recordMemory('a_b', 8, 's');
    const all = await collect('s');
    expect(all.map(({ dataPoints }) => dataPoints[0]!.value)).toEqual([1, 2, 4, 8]);
    expect(new Set(all.map(({ descriptor }) => descriptor.name.toLowerCase())).size).toBe(4);
    expect(all.map(({ descriptor }) => collector.originOf('s', descriptor.name)?.name)).toEqual(['a b', 'a_b', 'A_B', 'a_b']);
    expect(warnings).toEqual([]);
  });

  test('of one name and two sources stay apart', async () => {
    const { provider, points } = meterProvider();
    const collector = new CentralizedMetricsCollector({ meterProvider: provider });
    collector.recordCounter('m', 1, 'a');
    collector.recordCounter('m', 2, 'b');
    expect([(await points('a', 'm'))[0]!.value, (await points('b', 'm'))[0]!.value]).toEqual([1, 2]);
  });
});
