import { describe, expect, it } from '@jest/globals';
import {
  AggregationType,
  createAllowListAttributesProcessor,
  createDenyListAttributesProcessor,
  InstrumentType,
  type ViewOptions,
} from '@opentelemetry/sdk-metrics';
import { normalise, pointsOf, valuesOf } from './normalise.ts';
import { cumulative, delta, PROVIDERS, type TestReader } from './providers.ts';

describe.each(PROVIDERS)('views: %s', (_, create) => {
  async function collected(views: ViewOptions[], reader: TestReader = cumulative()) {
    const provider = create({ readers: [reader], views });
    const meter = provider.getMeter('test', '1');
    meter.createCounter('requests', { description: 'Requests.', unit: '{request}' }).add(1, { route: '/', method: 'GET' });
    meter.createCounter('requests.failed').add(2, { route: '/', method: 'GET' });
    meter.createHistogram('duration', { unit: 's', advice: { explicitBucketBoundaries: [1] } }).record(3, { route: '/', method: 'GET' });
    provider.getMeter('other').createCounter('requests').add(4, { route: '/b' });
    const { resourceMetrics } = await reader.read();
    await provider.shutdown();
    return resourceMetrics;
  }

  const names = (metrics: ReturnType<typeof normalise>) => metrics.map(({ scope, name }) => `${scope.name} ${name}`);

  it('rename and describe', async () => {
    const [metric] = normalise(
      await collected([{ instrumentName: 'requests', meterName: 'test', name: 'http.requests', description: 'Other.' }]),
    ).slice(-3);
    expect(metric).toMatchObject({
      name: 'http.requests',
      description: 'Other.',
      unit: '{request}',
      points: [[{ route: '/', method: 'GET' }, 1]],
    });
  });

  it('drop, by a pattern', async () => {
    const all = await collected([{ instrumentName: 'requests*', aggregation: { type: AggregationType.DROP } }]);
    expect(names(normalise(all))).toEqual(['test duration']);
  });

  it.each([
    ['type', { instrumentType: InstrumentType.HISTOGRAM }, ['test duration']],
    ['unit', { instrumentUnit: '{request}' }, ['test requests']],
    ['name', { instrumentName: 'req*s' }, ['other requests', 'test requests']],
    ['meter', { meterName: 'other' }, ['other requests']],
    ['version', { meterName: 'test', meterVersion: '1' }, ['test requests', 'test requests.failed', 'test duration']],
    // A meter without a schema is selected by any.
    ['schema', { meterName: 'other', meterSchemaUrl: 'https://example.com' }, ['other requests']],
  ])('select by %s', async (_name, selector, selected) => {
    const all = normalise(await collected([{ ...selector, attributesProcessors: [createAllowListAttributesProcessor([])] }]));
    const bare = all.filter(({ points }) => Object.keys(points[0]![0]).length === 0);
    expect(names(bare)).toEqual(selected);
    expect(all).toHaveLength(4);
  });

  it('keep attributes, drop attributes, and add up what is the same then', async () => {
    const reader = cumulative();
    const provider = create({
      readers: [reader],
      views: [
        { instrumentName: 'kept', attributesProcessors: [createAllowListAttributesProcessor(['route'])] },
        { instrumentName: 'dropped', attributesProcessors: [createDenyListAttributesProcessor(['route'])] },
        { instrumentName: 'observed', attributesProcessors: [createAllowListAttributesProcessor(['route'])] },
      ],
    });
    const meter = provider.getMeter('test');
    for (const name of ['kept', 'dropped']) {
      const counter = meter.createCounter(name);
      counter.add(1, { route: '/a', method: 'GET' });
      counter.add(2, { method: 'PUT', route: '/a' });
      counter.add(4, { route: '/b', method: 'GET' });
    }
    meter.createObservableGauge('observed').addCallback((result) => {
      result.observe(1, { route: '/a', method: 'GET' });
      result.observe(2, { route: '/a', method: 'PUT' });
    });
    expect(pointsOf((await reader.read()).resourceMetrics)).toEqual({
      kept: [
        [{ route: '/a' }, 3],
        [{ route: '/b' }, 4],
      ],
      dropped: [
        [{ method: 'GET' }, 5],
        [{ method: 'PUT' }, 2],
      ],
      observed: [[{ route: '/a' }, 2]],
    });
    await provider.shutdown();
  });

  it('process attributes in any way, at each record', async () => {
    let calls = 0;
    const process = (attributes: object) => ({ ...attributes, call: ++calls % 2 });
    const reader = cumulative();
    const provider = create({ readers: [reader], views: [{ instrumentName: '*', attributesProcessors: [{ process }] }] });
    const counter = provider.getMeter('test').createCounter('requests');
    for (let i = 0; i < 5; i++) counter.add(1, { route: '/' });
    expect(pointsOf((await reader.read()).resourceMetrics)).toEqual({
      requests: [
        [{ route: '/', call: 1 }, 3],
        [{ route: '/', call: 0 }, 2],
      ],
    });
    await provider.shutdown();
  });

  it.each([
    ['boundaries', { boundaries: [4, 2] }, { count: 1, sum: 3, min: 3, max: 3, buckets: { boundaries: [2, 4], counts: [0, 1, 0] } }],
    [
      'no least and greatest value',
      { boundaries: [4], recordMinMax: false },
      { count: 1, sum: 3, buckets: { boundaries: [4], counts: [1, 0] } },
    ],
    [
      'infinite boundaries',
      { boundaries: [-Infinity, 5, Infinity] },
      { count: 1, sum: 3, min: 3, max: 3, buckets: { boundaries: [5], counts: [1, 0] } },
    ],
  ])('aggregate: %s', async (_name, options, expected) => {
    for (const reader of [cumulative(), delta()]) {
      const view: ViewOptions = { instrumentName: 'duration', aggregation: { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options } };
      expect(valuesOf(await collected([view], reader))['duration']).toEqual(expected);
    }
  });

  it('aggregate: counters as histograms, with a sum', async () => {
    const views: ViewOptions[] = [{ instrumentName: '*', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } }];
    const metrics = normalise(await collected(views));
    expect(metrics.map(({ kind }) => kind)).toEqual(Array.from({ length: 4 }, () => 'EXPONENTIAL_HISTOGRAM'));
    expect(metrics.map(({ points }) => (points[0]![1] as { sum: number }).sum)).toEqual([4, 1, 2, 3]);
  });

  it('several for one instrument make several metrics', async () => {
    const views: ViewOptions[] = [
      { instrumentName: 'duration' },
      { instrumentName: 'duration', name: 'duration.sum', aggregation: { type: AggregationType.SUM } },
      { instrumentName: 'duration', name: 'duration.last', aggregation: { type: AggregationType.LAST_VALUE } },
    ];
    const metrics = normalise(await collected(views)).filter(({ name }) => name.startsWith('duration'));
    expect(metrics.map(({ name, kind, isMonotonic }) => [name, kind, isMonotonic])).toEqual([
      ['duration', 'HISTOGRAM', undefined],
      ['duration.sum', 'SUM', true],
      ['duration.last', 'GAUGE', undefined],
    ]);
  });

  it('limit the series: what is too many goes to the overflow series', async () => {
    for (const reader of [cumulative(), delta()]) {
      const provider = create({ readers: [reader], views: [{ instrumentName: 'limited', aggregationCardinalityLimit: 3 }] });
      const meter = provider.getMeter('test');
      const counter = meter.createCounter('limited');
      for (let i = 0; i < 10; i++) counter.add(1, { i });
      expect(pointsOf((await reader.read()).resourceMetrics)['limited']).toEqual(
        expect.arrayContaining([
          [{ i: 0 }, 1],
          [{ i: 1 }, 1],
          [{ 'otel.metric.overflow': true }, 8],
        ]),
      );
      await provider.shutdown();
    }
  });

  it('a reader limits the series as well', async () => {
    const readers = [cumulative({ cardinalitySelector: () => 2 }), cumulative({ cardinalitySelector: () => 4 })];
    const provider = create({ readers });
    const counter = provider.getMeter('test').createCounter('limited');
    for (let i = 0; i < 10; i++) counter.add(1, { i });
    const series = await Promise.all(
      readers.map(async (reader) => pointsOf((await reader.read()).resourceMetrics)['limited']!.map(([, value]) => value)),
    );
    expect(series).toEqual([
      [1, 9],
      [1, 1, 1, 7],
    ]);
    await provider.shutdown();
  });
});
