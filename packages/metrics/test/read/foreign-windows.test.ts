import { describe, expect, test } from '@jest/globals';
import { AggregationType, type ViewOptions } from '@opentelemetry/sdk-metrics';
import { ManualClock } from '../model/manual-clock.ts';
import { setUp } from './set-up.ts';

function withClock(foreignWindowMillis: number, views: ViewOptions[] = []) {
  const clock = new ManualClock();
  return { clock, ...setUp({ foreignWindowMillis, views, collectorOptions: { clock } }) };
}

describe("rolling windows over other libraries' instruments", () => {
  test('a gauge adds its values, a counter its growth, a histogram what was counted since the last collection', async () => {
    const { reader, meter } = withClock(10_000);
    const gauge = meter.createGauge('gauge', { unit: 'By' });
    const counter = meter.createCounter('counter');
    const histogram = meter.createHistogram('histogram', { unit: 's', advice: { explicitBucketBoundaries: [1, 2, 4] } });
    for (const round of [1, 2, 3]) {
      gauge.record(round * 10);
      counter.add(round, { shard: 1 });
      counter.add(round, { shard: 2 });
      for (let i = 0; i < round; i++) histogram.record(round);
      await reader.collect();
    }
    const stats = new Map(reader.foreignStats([50]).map((each) => [each.name, each]));
    expect([...stats.keys()]).toEqual(['gauge', 'counter', 'histogram']);
    expect(stats.get('gauge')).toMatchObject({
      source: 'other',
      type: 'memory',
      unit: 'By',
      stats: { count: 3, total: 60, min: 10, max: 30, lastValue: 30 },
    });
    expect(stats.get('counter')!.stats).toMatchObject({ count: 3, total: 12, min: 2, max: 6, lastValue: 6 });
    expect(stats.get('histogram')!.stats).toMatchObject({ count: 6, seen: 6, total: 14, average: 14 / 6 });
    expect(stats.get('histogram')!.stats.percentiles['p50']).toBeGreaterThan(1);
    expect(stats.get('histogram')!.stats.percentiles['p50']).toBeLessThanOrEqual(4);
  });

  test('exponential histograms count too, whatever their scale becomes', async () => {
    const aggregation = { type: AggregationType.EXPONENTIAL_HISTOGRAM, options: { maxSize: 4 } } as const;
    const views: ViewOptions[] = [{ instrumentName: '*', aggregation }];
    const { reader, meter } = withClock(10_000, views);
    const histogram = meter.createHistogram('histogram');
    for (const value of [1, 1, 1000, 1e6]) {
      histogram.record(value);
      await reader.collect();
    }
    const { stats } = reader.foreignStats([0, 100])[0]!;
    expect(stats).toMatchObject({ count: 4, seen: 4, total: 1_001_002 });
    expect(stats.percentiles['p100']).toBeGreaterThanOrEqual(1e6);
  });

  test('our own instruments are left out: those have exact windows', async () => {
    const { reader, collector, meter } = withClock(10_000);
    collector.recordTiming('load', 0.5, 'mine');
    collector.recordCounter('bad name!', 1, 'mine');
    meter.createCounter('theirs').add(1);
    for (let i = 0; i < 3; i++) await reader.collect();
    expect(reader.foreignStats().map(({ name }) => name)).toEqual(['theirs']);
    expect(collector.getMetricStats('load_time')!.count).toBe(1);
  });

  test('are empty when nothing came in their time, and say so', async () => {
    const { reader, meter, clock } = withClock(1000);
    meter.createCounter('counter').add(1);
    meter.createHistogram('histogram').record(1);
    await reader.collect();
    clock.advance(1001);
    expect(reader.foreignStats([50]).map(({ stats }) => stats)).toEqual([
      { count: 0, seen: 1, total: 0, percentiles: {} },
      { count: 0, seen: 1, total: 0, percentiles: {} },
    ]);
  });

  test('keep what each collection brought, also those that others asked for', async () => {
    const { reader, meter, clock } = withClock(1000);
    const counter = meter.createCounter('counter');
    for (let i = 0; i < 20; i++) {
      counter.add(i);
      clock.advance(100);
      await (i % 2 === 0 ? reader.snapshot() : reader.collectSelected());
    }
    expect(reader.foreignStats()[0]!.stats).toMatchObject({ count: 11, seen: 20, min: 9, max: 19 });
  });
});

test('the report has our metrics once, and those of others beside them', async () => {
  const { reader, collector, meter } = withClock(10_000);
  collector.recordTiming('größe', 0.5, 'mine');
  meter.createCounter('requests').add(3);
  meter.createHistogram('duration', { unit: 's' }).record(1);
  await reader.collect();
  const { statistics } = await reader.report();
  expect(statistics.map(({ name, type, sources, exact, stats }) => [name, type, sources, exact, stats.count])).toEqual([
    ['größe_time', 'time', ['mine'], true, 1],
    ['requests', 'counter', ['other'], true, 2],
    ['duration', 'time', ['other'], false, 1],
  ]);
});
