import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { context, createContextKey, diag } from '@opentelemetry/api';
import {
  AggregationType,
  createAllowListAttributesProcessor,
  createDenyListAttributesProcessor,
  InstrumentType,
  type IAttributesProcessor,
  type ViewOptions,
} from '@opentelemetry/sdk-metrics';
import { MeterProvider } from '../../src/record/meter-provider.ts';
import { catchDiag, PlainReader, series, streams, values } from './reading.ts';

let warnings: string[];
beforeEach(() => {
  warnings = catchDiag();
});
afterEach(() => diag.disable());

describe('a view selects', () => {
  test.each<[ViewOptions, boolean]>([
    [{ instrumentName: 'http.requests' }, true],
    [{ instrumentName: 'http.request' }, false],
    [{ instrumentName: 'HTTP.requests' }, false],
    [{ instrumentName: '*' }, true],
    [{ instrumentName: 'http.*' }, true],
    [{ instrumentName: '*.requests' }, true],
    [{ instrumentName: 'h*p*.re*' }, true],
    [{ instrumentName: 'http?requests' }, true],
    [{ instrumentName: 'http.request?' }, true],
    [{ instrumentName: 'http.requests?' }, false],
    [{ instrumentName: 'http?' }, false],
    [{ instrumentName: 'http(.)requests' }, false],
    [{ instrumentType: InstrumentType.COUNTER }, true],
    [{ instrumentType: InstrumentType.GAUGE }, false],
    [{ instrumentUnit: '{request}' }, true],
    [{ instrumentUnit: 's' }, false],
    [{ meterName: 'm' }, true],
    [{ meterName: '*' }, false],
    [{ meterVersion: '1' }, true],
    [{ meterVersion: '' }, false],
    [{ meterSchemaUrl: 'https://schema' }, true],
    [{ meterSchemaUrl: 'https://other' }, false],
    [{ instrumentName: '*', meterName: 'other' }, false],
    [{ instrumentName: '*', instrumentType: InstrumentType.COUNTER, instrumentUnit: '{request}', meterName: 'm', meterVersion: '1' }, true],
  ])('by %j: %s', (criteria, isSelected) => {
    const provider = fresh([{ ...criteria, description: 'seen' }]);
    provider.getMeter('m', '1', { schemaUrl: 'https://schema' }).createCounter('http.requests', { unit: '{request}' });
    expect(streams(provider.arena)[0]!.descriptor.description).toBe(isSelected ? 'seen' : '');
  });

  test('nothing, or renames many: it throws', () => {
    expect(() => fresh([{ name: 'n' }])).toThrow('no selector arguments');
    expect(() => fresh([{ name: 'n', instrumentName: 'a*' }])).toThrow('at most one instrument');
    expect(() => fresh([{ name: 'n', instrumentName: 'a?' }])).toThrow('at most one instrument');
    expect(() => fresh([{ name: 'n', meterName: 'm' }])).toThrow('at most one instrument');
    expect(() => fresh([{ instrumentName: 'n', aggregation: { type: 17 as never } }])).toThrow(TypeError);
    expect(() =>
      fresh([{ instrumentName: 'n', aggregation: { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: {} as never } }]),
    ).toThrow('aggregation.options.boundaries');
  });
});

describe('a view', () => {
  test('renames, describes, and keeps the rest', () => {
    const provider = fresh([{ instrumentName: 'before', name: 'after', description: 'view' }]);
    provider.getMeter('m').createCounter('before', { unit: 's', description: 'instrument' }).add(3);
    expect(streams(provider.arena).map(({ descriptor }) => descriptor)).toEqual([
      expect.objectContaining({ name: 'after', description: 'view', unit: 's', type: 'COUNTER', aggregation: { kind: 'sum' } }),
    ]);
    expect(values(provider.arena, 'after')).toEqual({ '': 3 });
  });

  test('chooses the aggregation', () => {
    const options = { boundaries: [Infinity, 5, -Infinity, 1], recordMinMax: false };
    const provider = fresh([
      { instrumentName: 'sum', aggregation: { type: AggregationType.SUM } },
      { instrumentName: 'last', aggregation: { type: AggregationType.LAST_VALUE } },
      { instrumentName: 'buckets', aggregation: { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options } },
      { instrumentName: 'default_buckets', aggregation: { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM } },
      { instrumentName: 'exponential', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } },
      {
        instrumentName: 'small',
        aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM, options: { maxSize: 1, recordMinMax: false } },
      },
      { instrumentName: 'dropped', aggregation: { type: AggregationType.DROP } },
      { instrumentName: 'default' },
    ]);
    const meter = provider.getMeter('m');
    for (const name of ['sum', 'last', 'buckets', 'default_buckets', 'exponential', 'small', 'dropped', 'default'])
      meter.createHistogram(name, { advice: { explicitBucketBoundaries: [7] } }).record(3);
    const boundaries = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000];
    expect(streams(provider.arena).map(({ descriptor }) => [descriptor.name, descriptor.aggregation])).toEqual([
      ['sum', { kind: 'sum' }],
      ['last', { kind: 'last-value' }],
      ['buckets', { kind: 'histogram', boundaries: [1, 5], recordMinMax: false }],
      ['default_buckets', { kind: 'histogram', boundaries, recordMinMax: true }],
      ['exponential', { kind: 'exponential-histogram', maxSize: 160, recordMinMax: true }],
      ['small', { kind: 'exponential-histogram', maxSize: 2, recordMinMax: false }],
      ['default', { kind: 'histogram', boundaries: [7], recordMinMax: true }],
    ]);
    expect(series(provider.arena, 'exponential').get('')).toMatchObject({ count: 1, sum: 3 });
    expect(warnings).toEqual([expect.stringContaining('minimum size of: 2')]);
  });

  test('may be one of several, each of which makes its stream', () => {
    const provider = fresh([
      { instrumentName: 'c', name: 'all' },
      { instrumentName: 'c', name: 'by_a', attributesProcessors: [createAllowListAttributesProcessor(['a'])] },
    ]);
    const counter = provider.getMeter('m').createCounter('c');
    counter.add(1, { a: 1, b: 1 });
    counter.add(2, { a: 1, b: 2 });
    expect(values(provider.arena, 'all')).toEqual({ '[["a",1],["b",1]]': 1, '[["a",1],["b",2]]': 2 });
    expect(values(provider.arena, 'by_a')).toEqual({ '[["a",1]]': 3 });
  });

  test('that makes the same stream as another does not count twice', () => {
    const provider = fresh([{ instrumentName: 'c' }, { instrumentType: InstrumentType.COUNTER }]);
    provider.getMeter('m').createCounter('c').add(1);
    expect(values(provider.arena, 'c')).toEqual({ '': 1 });
  });

  test('holds for every reader, whatever they would choose', () => {
    const readers = [
      new PlainReader({ aggregationSelector: () => ({ type: AggregationType.DROP }) }),
      new PlainReader({ aggregationSelector: () => ({ type: AggregationType.LAST_VALUE }) }),
    ];
    const provider = new MeterProvider({ readers, views: [{ instrumentName: 'c' }] });
    provider.getMeter('m').createCounter('c').add(1);
    expect(streams(provider.arena)[0]!.descriptor).toEqual(expect.objectContaining({ aggregation: { kind: 'sum' } }));
    expect(streams(provider.arena)[0]!.descriptor.readers).toBeUndefined();
  });
});

describe('attributes processors', () => {
  test('leave out what is not allowed, then what is denied', () => {
    const provider = fresh([
      {
        instrumentName: 'c',
        attributesProcessors: [createAllowListAttributesProcessor(['a', 'b']), createDenyListAttributesProcessor(['b'])],
      },
    ]);
    const counter = provider.getMeter('m').createCounter('c');
    for (let c = 0; c < 10; c++) counter.add(1, { a: 'x', b: c, c });
    expect(values(provider.arena, 'c')).toEqual({ '[["a","x"]]': 10 });
  });

  test('of others are called for each value, with the context of the record, or the active one', () => {
    const key = createContextKey('tenant');
    const seen: unknown[] = [];
    const processor: IAttributesProcessor = {
      process(incoming, context) {
        seen.push(context?.getValue(key));
        return { ...incoming, tenant: String(context?.getValue(key)), call: seen.length % 2 };
      },
    };
    const provider = fresh([{ instrumentName: 'c', attributesProcessors: [processor, createDenyListAttributesProcessor(['secret'])] }]);
    const counter = provider.getMeter('m').createCounter('c');
    const bound = (counter as unknown as { bind(attributes: object): { add(value: number): void } }).bind({ secret: 1 });
    const attributes = { secret: 1 };
    counter.add(1, attributes, context.active().setValue(key, 'one'));
    counter.add(2, attributes, context.active().setValue(key, 'two'));
    counter.add(4, attributes);
    bound.add(8);
    expect(seen).toEqual(['one', 'two', undefined, undefined]);
    expect(values(provider.arena, 'c')).toEqual({
      '[["call",1],["tenant","one"]]': 1,
      '[["call",0],["tenant","two"]]': 2,
      '[["call",1],["tenant","undefined"]]': 4,
      '[["call",0],["tenant","undefined"]]': 8,
    });
  });

  test('hold for observables, without a context', async () => {
    const contexts: unknown[] = [];
    const processor: IAttributesProcessor = { process: (incoming, context) => (contexts.push(context), { first: incoming['a']! }) };
    const provider = fresh([{ instrumentName: 'o', attributesProcessors: [processor] }]);
    const observable = provider.getMeter('m').createObservableCounter('o');
    observable.addCallback((result) => {
      result.observe(1, { a: 'x', b: 1 });
      result.observe(2, { a: 'x', b: 2 });
    });
    expect(await provider.observe()).toEqual([]);
    expect(values(provider.arena, 'o')).toEqual({ '[["first","x"]]': 2 });
    expect(contexts).toEqual([undefined, undefined]);
  });
});

function fresh(views: ViewOptions[]): MeterProvider {
  return new MeterProvider({ reserveBytes: 2 ** 20, views });
}
