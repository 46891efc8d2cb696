import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { diag, ValueType, type MeterProvider as ApiMeterProvider } from '@opentelemetry/api';
import { MeterProvider as SdkMeterProvider } from '@opentelemetry/sdk-metrics';
import { MeterProvider } from '../../src/record/meter-provider.ts';
import { catchDiag, PlainReader, series, values } from './reading.ts';

let warnings: string[];
beforeEach(() => {
  warnings = catchDiag();
});
afterEach(() => diag.disable());

const providers: [string, () => ApiMeterProvider][] = [
  ['the SDK', () => new SdkMeterProvider({ readers: [new PlainReader()] })],
  ['this', () => new MeterProvider()],
];

describe.each(providers)('bad values and names are told as by %s', (_, create) => {
  test('all of them', () => {
    const meter = create().getMeter('m');
    const counter = meter.createCounter('counter');
    counter.add(-1);
    counter.add('5' as never);
    counter.add('-5' as never);
    counter.add(undefined as never);
    counter.add({} as never);
    const histogram = meter.createHistogram('histogram');
    histogram.record(-0.5);
    histogram.record(null as never);
    meter.createUpDownCounter('up_down').add(true as never);
    meter.createGauge('gauge').record([] as never);
    meter.createCounter('whole', { valueType: ValueType.INT }).add(2.5);
    meter.createGauge('whole_gauge', { valueType: ValueType.INT }).record(-2.5);
    meter.createCounter('1 illegal');
    meter.createCounter('a'.repeat(256));
    expect(warnings).toEqual([
      'negative value provided to counter counter: -1',
      'non-number value provided to metric counter: 5',
      'negative value provided to counter counter: -5',
      'non-number value provided to metric counter: undefined',
      'non-number value provided to metric counter: [object Object]',
      'negative value provided to histogram histogram: -0.5',
      'non-number value provided to metric histogram: null',
      'non-number value provided to metric up_down: true',
      'non-number value provided to metric gauge: ',
      'INT value type cannot accept a floating-point value for whole, ignoring the fractional digits.',
      'INT value type cannot accept a floating-point value for whole_gauge, ignoring the fractional digits.',
      'Invalid metric name: "1 illegal". The metric name should be a ASCII string with a length no greater than 255 characters.',
      expect.stringMatching(/^Invalid metric name: "a{256}"/),
    ]);
  });

  test('a meter without a name', () => {
    create().getMeter('');
    create().getMeter(undefined as never);
    expect(warnings).toEqual(Array(2).fill('Invalid MeterProvider instrumentation scope name, using empty string'));
  });
});

describe('values', () => {
  test('of all kinds are kept', () => {
    const { arena, meter } = fresh();
    const counter = meter.createCounter('counter');
    counter.add(0);
    counter.add(1.5);
    counter.add(Number.MAX_SAFE_INTEGER, { big: true });
    const upDown = meter.createUpDownCounter('up_down');
    upDown.add(5);
    upDown.add(-7.5);
    const gauge = meter.createGauge('gauge');
    gauge.record(3);
    gauge.record(-4);
    const histogram = meter.createHistogram('histogram', { advice: { explicitBucketBoundaries: [10, 1] } });
    for (const value of [0, 1, 1.5, 10, 11]) histogram.record(value);
    expect(values(arena, 'counter')).toEqual({ '': 1.5, '[["big",true]]': Number.MAX_SAFE_INTEGER });
    expect(values(arena, 'up_down')).toEqual({ '': -2.5 });
    expect(values(arena, 'gauge')).toEqual({ '': -4 });
    expect(series(arena, 'histogram').get('')).toEqual({
      kind: 'histogram',
      count: 5,
      sum: 23.5,
      min: 0,
      max: 11,
      buckets: Float64Array.of(2, 2, 1),
    });
    expect(warnings).toEqual([]);
  });

  test('of whole instruments lose what is behind the point', () => {
    const { arena, meter } = fresh();
    const counter = meter.createCounter('whole', { valueType: ValueType.INT });
    counter.add(2.9);
    counter.add(3);
    const upDown = meter.createUpDownCounter('whole_up_down', { valueType: ValueType.INT });
    upDown.add(-2.9);
    expect(values(arena, 'whole')).toEqual({ '': 5 });
    expect(values(arena, 'whole_up_down')).toEqual({ '': -2 });
  });

  test.each([NaN, Infinity, -Infinity])('%s spoils nothing, is told once per instrument and counted', (bad) => {
    const { arena, meter } = fresh();
    const gauge = meter.createGauge('gauge');
    const upDown = meter.createUpDownCounter('up_down', { valueType: ValueType.INT });
    for (const record of [
      () => gauge.record(1),
      () => gauge.record(bad),
      () => gauge.record(bad),
      () => upDown.add(bad),
      () => upDown.add(4),
    ])
      record();
    expect(values(arena, 'gauge')).toEqual({ '': 1 });
    expect(values(arena, 'up_down')).toEqual({ '': 4 });
    expect(values(arena, 'otel_perf.meter_provider.dropped')).toEqual({ '[["reason","not_finite"]]': 3 });
    expect(warnings).toEqual([expect.stringContaining(`"gauge": ${bad} is not finite`), expect.stringContaining('"up_down"')]);
  });

  test('that are infinite do not get into counters and histograms either', () => {
    const { arena, meter } = fresh();
    const counter = meter.createCounter('counter');
    counter.add(NaN);
    counter.add(Infinity);
    const histogram = meter.createHistogram('histogram');
    histogram.record(NaN, { a: 1 });
    histogram.record(Infinity, { a: 1 });
    expect([series(arena, 'counter').size, series(arena, 'histogram').size]).toEqual([0, 0]);
    expect(values(arena, 'otel_perf.meter_provider.dropped')).toEqual({ '[["reason","not_finite"]]': 4 });
  });
});

test('a value that cannot even be shown does not throw', () => {
  const { meter } = fresh();
  meter.createCounter('counter').add(Object.create(null) as never);
  meter.createHistogram('histogram').record(Symbol('s') as never);
  meter.createGauge('gauge').record(-1n as never);
  expect(warnings).toEqual([
    'non-number value provided to metric counter: object',
    'non-number value provided to metric histogram: Symbol(s)',
    'non-number value provided to metric gauge: -1',
  ]);
});

describe('attributes', () => {
  test('are told apart by value, in whichever order, and may change after the call', () => {
    const { arena, meter } = fresh();
    const counter = meter.createCounter('counter');
    const attributes: Record<string, string | number | string[]> = { a: 1, b: 'x' };
    counter.add(1, attributes);
    counter.add(2, { b: 'x', a: 1 });
    attributes['a'] = '1';
    counter.add(4, attributes);
    counter.add(8, { list: ['x', 'y'] });
    counter.add(16, { list: ['x', 'y'] });
    counter.add(32, {});
    counter.add(64);
    expect(values(arena, 'counter')).toEqual({
      '[["a",1],["b","x"]]': 3,
      '[["a","1"],["b","x"]]': 4,
      '[["list",["x","y"]]]': 24,
      '': 96,
    });
  });
});

function fresh() {
  const provider = new MeterProvider({ reserveBytes: 2 ** 20 });
  return { arena: provider.arena, meter: provider.getMeter('m') };
}
