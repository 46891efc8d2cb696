import { afterEach, describe, expect, test } from '@jest/globals';
import { createNoopMeter, diag, metrics, type Attributes, type Meter, type MeterProvider } from '@opentelemetry/api';
import { CentralizedMetricsCollector } from '../../src/record/collector.ts';
import { catchDiag, meterProvider } from './otel.ts';

afterEach(() => {
  metrics.disable();
  diag.disable();
});

type Call = readonly [instrument: string, how: 'add' | 'record' | 'bind' | 'bound', what: unknown];

/** A provider whose instruments write down what is done with them. `bind` makes what theirs returns. */
function standIn(bind?: (record: (value: number) => void) => unknown) {
  const calls: Call[] = [];
  const instrument = (name: string, method: 'add' | 'record') => ({
    [method]: (value: number) => void calls.push([name, method, value]),
    ...(bind !== undefined && {
      bind: (attributes?: Attributes) => {
        calls.push([name, 'bind', attributes]);
        return bind((value) => void calls.push([name, 'bound', value]));
      },
    }),
  });
  const meter = Object.assign(Object.create(createNoopMeter()) as Meter, {
    createCounter: (name: string) => instrument(name, 'add'),
    createHistogram: (name: string) => instrument(name, 'record'),
    createGauge: (name: string) => instrument(name, 'record'),
  });
  const provider: MeterProvider = { getMeter: () => meter };
  return { calls, provider };
}

const whole = (record: (value: number) => void) => ({ record, add: record });

describe('a series', () => {
  test.each(['counter', 'time', 'memory'])('of type %s binds its instrument once, and writes to what is bound', (type) => {
    const { calls, provider } = standIn(whole);
    const collector = new CentralizedMetricsCollector({ meterProvider: provider });
    const series = collector.series({ name: 'm', type, source: 's', tags: { a: 'b' } });
    series.record(1);
    series.record(2);
    expect(calls).toEqual([
      ['m', 'bind', { a: 'b' }],
      ['m', 'bound', 1],
      ['m', 'bound', 2],
    ]);
    collector.series({ name: 'm', type, source: 's' }).record(3);
    expect(calls.slice(3)).toEqual([
      ['m', 'bind', undefined],
      ['m', 'bound', 3],
    ]);
  });

  test.each<[string, ((record: (value: number) => void) => unknown) | undefined]>([
    ['no bind', undefined],
    ['a bind that returns something else', () => ({ add() {} })],
    ['a bind that returns nothing', () => undefined],
  ])('records to an instrument with %s', (_, bind) => {
    const { calls, provider } = standIn(bind);
    const collector = new CentralizedMetricsCollector({ meterProvider: provider });
    for (const type of ['counter', 'time']) {
      const series = collector.series({ name: type, type, source: 's', tags: { a: 'b' } });
      series.record(1);
      series.record(2);
    }
    expect(calls.filter(([, how]) => how !== 'bind')).toEqual([
      ['counter', 'add', 1],
      ['counter', 'add', 2],
      ['time', 'record', 1],
      ['time', 'record', 2],
    ]);
  });

  test('binds anew with a provider that comes in its place', async () => {
    const first = standIn(whole);
    const second = meterProvider();
    const series = new CentralizedMetricsCollector().series({ name: 'm', type: 'counter', source: 's', tags: { a: 'b' } });
    metrics.setGlobalMeterProvider(first.provider);
    series.record(1);
    metrics.disable();
    metrics.setGlobalMeterProvider(second.provider);
    series.record(2);
    expect(first.calls).toContainEqual(['m', 'bound', 1]);
    expect(first.calls).not.toContainEqual(['m', 'bound', 2]);
    expect(await second.points('s', 'm')).toMatchObject([{ attributes: { a: 'b' }, value: 2 }]);
  });

  test('whose bind throws drops the measurement, and tells it', () => {
    const warnings = catchDiag();
    const { provider } = standIn(() => {
      throw new Error('no bind today');
    });
    const collector = new CentralizedMetricsCollector({ meterProvider: provider });
    const series = collector.series({ name: 'm', type: 'time', source: 's' });
    expect(() => series.record(1)).not.toThrow();
    expect(warnings).toEqual([expect.stringContaining('no bind today')]);
    expect(collector.getMetricStats('m')).toMatchObject({ count: 1 });
  });
});
