import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createNoopMeter, diag, ValueType, type Meter } from '@opentelemetry/api';
import { AggregationType, MeterProvider as SdkMeterProvider } from '@opentelemetry/sdk-metrics';
import fc from 'fast-check';
import { bindInstrument, type BoundInstrument } from '../../src/record/bound-instrument.ts';
import { MeterProvider } from '../../src/record/meter-provider.ts';
import { catchDiag, readerOf, series, values } from './reading.ts';

let warnings: string[];
beforeEach(() => {
  warnings = catchDiag();
});
afterEach(() => diag.disable());

describe('a bound instrument', () => {
  test('records to its series, by either name', () => {
    const { arena, meter } = fresh();
    const bound = {
      counter: bindInstrument(meter.createCounter('counter'), { a: 1 }),
      upDown: bindInstrument(meter.createUpDownCounter('up_down')),
      gauge: bindInstrument(meter.createGauge('gauge'), {}),
      histogram: bindInstrument(meter.createHistogram('histogram'), { a: 1 }),
    };
    for (const each of Object.values(bound)) {
      each.add(1);
      each.record(5);
    }
    bound.upDown.add(-10);
    expect(values(arena, 'counter')).toEqual({ '[["a",1]]': 6 });
    expect(values(arena, 'up_down')).toEqual({ '': -4 });
    expect(values(arena, 'gauge')).toEqual({ '': 5 });
    expect(series(arena, 'histogram').get('[["a",1]]')).toMatchObject({ count: 2, sum: 6 });
  });

  test('shares its series with the instrument, and copies the attributes', () => {
    const { arena, meter } = fresh();
    const counter = meter.createCounter('c');
    const attributes = { a: 1 };
    const [one, two] = [bindInstrument(counter, attributes), bindInstrument(counter, { a: 1 })];
    attributes.a = 2;
    one.add(1);
    two.add(2);
    counter.add(4, { a: 1 });
    expect(values(arena, 'c')).toEqual({ '[["a",1]]': 7 });
  });

  test('makes no series before its first value', () => {
    const { arena, meter } = fresh();
    const bound = bindInstrument(meter.createGauge('g'), { a: 1 });
    bound.record(NaN);
    expect(series(arena, 'g').size).toBe(0);
    bound.record(0);
    expect(values(arena, 'g')).toEqual({ '[["a",1]]': 0 });
  });

  test('checks as the instrument does', () => {
    const { arena, meter } = fresh();
    const counter = bindInstrument(meter.createCounter('counter', { valueType: ValueType.INT }));
    const histogram = bindInstrument(meter.createHistogram('histogram', { valueType: ValueType.INT }));
    const given = [-1, 2.5, '3' as never, NaN, 4];
    for (const value of given) counter.add(value);
    for (const value of given) histogram.record(value);
    expect(values(arena, 'counter')).toEqual({ '': 6 });
    expect(series(arena, 'histogram').get('')).toMatchObject({ count: 2, sum: 6 });
    expect(warnings).toEqual(
      ['counter', 'histogram'].flatMap((kind) => [
        `negative value provided to ${kind} ${kind}: -1`,
        `INT value type cannot accept a floating-point value for ${kind}, ignoring the fractional digits.`,
        `non-number value provided to metric ${kind}: 3`,
        expect.stringContaining('NaN is not finite'),
      ]),
    );
  });

  test('records to all streams', () => {
    const readers = [readerOf(), readerOf({ type: AggregationType.LAST_VALUE })];
    const provider = new MeterProvider({
      readers,
      views: [
        { instrumentName: 'viewed', name: 'one' },
        { instrumentName: 'viewed', name: 'two' },
      ],
    });
    const meter = provider.getMeter('m');
    const plain = bindInstrument(meter.createCounter('plain'), { a: 1 });
    const viewed = bindInstrument(meter.createCounter('viewed'), { a: 1 });
    for (const bound of [plain, viewed]) {
      bound.add(1);
      bound.add(2);
    }
    expect([...series(provider.arena, 'plain').values()]).toHaveLength(1);
    expect(values(provider.arena, 'one')).toEqual({ '[["a",1]]': 3 });
    expect(values(provider.arena, 'two')).toEqual({ '[["a",1]]': 3 });
  });

  test('beyond the limit records to the overflow series', () => {
    const provider = new MeterProvider({ readers: [readerOf(undefined, 2)], reserveBytes: 2 ** 20 });
    const counter = provider.getMeter('m').createCounter('c');
    for (let i = 0; i < 5; i++) bindInstrument(counter, { i }).add(1);
    expect(values(provider.arena, 'c')).toEqual({ '[["i",0]]': 1, '[["otel.metric.overflow",true]]': 4 });
  });

  test('does nothing after shutdown, as the instrument, which is told once', async () => {
    const provider = new MeterProvider({ reserveBytes: 2 ** 20 });
    const counter = provider.getMeter('m').createCounter('c');
    const [used, unused] = [bindInstrument(counter, { a: 1 }), bindInstrument(counter, { a: 2 })];
    used.add(1);
    counter.add(1, { a: 3 });
    await provider.shutdown();
    used.add(2);
    unused.add(2);
    counter.add(2, { a: 3 });
    counter.add(2, { a: 4 });
    expect(values(provider.arena, 'c')).toEqual({ '[["a",1]]': 1, '[["a",3]]': 1 });
    expect(warnings).toEqual([expect.stringContaining('was shut down')]);
  });
});

test('instruments of others are bound to add or record with the attributes', async () => {
  const reader = readerOf();
  const meter = new SdkMeterProvider({ readers: [reader] }).getMeter('m');
  const attributes = { a: 1 };
  const bound = [bindInstrument(meter.createCounter('c'), attributes), bindInstrument(meter.createHistogram('h'), attributes)];
  attributes.a = 2;
  for (const each of bound) {
    each.add(1);
    each.record(2);
  }
  const { resourceMetrics } = await reader.collect();
  const points = resourceMetrics.scopeMetrics[0]!.metrics.map(({ dataPoints }) => dataPoints[0]!);
  expect(points).toMatchObject([
    { attributes: { a: 1 }, value: 3 },
    { attributes: { a: 1 }, value: { count: 2, sum: 3 } },
  ]);
  expect(() => bindInstrument(createNoopMeter().createCounter('c')).add(1)).not.toThrow();
});

test('whatever is recorded, bound or not, is counted once', () => {
  const kinds = ['createCounter', 'createUpDownCounter'] as const;
  const step = fc.record({
    kind: fc.constantFrom(...kinds),
    name: fc.constantFrom('x', 'y'),
    attributes: fc.dictionary(
      fc.constantFrom('a', 'b', 'c'),
      fc.oneof(fc.constantFrom('', '1', 'x'), fc.integer({ min: 0, max: 2 }), fc.boolean()),
    ),
    value: fc.integer({ min: 0, max: 1000 }),
    isBound: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { arena, meter } = fresh();
      const expected = new Map<string, number>();
      const bound = new Map<string, BoundInstrument>();
      for (const { kind, name, attributes, value, isBound } of steps) {
        const key = JSON.stringify(Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)));
        const full = `${kind}.${name} ${key === '[]' ? '' : key}`;
        expected.set(full, (expected.get(full) ?? 0) + value);
        const instrument = meter[kind](`${kind}.${name}`);
        if (isBound) {
          if (!bound.has(full)) bound.set(full, bindInstrument(instrument, attributes));
          bound.get(full)!.add(value);
        } else instrument.add(value, attributes);
      }
      const actual = new Map<string, number>();
      for (const kind of kinds)
        for (const name of ['x', 'y'])
          for (const [key, value] of Object.entries(values(arena, `${kind}.${name}`))) actual.set(`${kind}.${name} ${key}`, value);
      expect(actual).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

function fresh(): { readonly arena: MeterProvider['arena']; readonly meter: Meter } {
  const provider = new MeterProvider({ reserveBytes: 2 ** 20 });
  return { arena: provider.arena, meter: provider.getMeter('m') };
}
