import { describe, expect, it } from '@jest/globals';
import type { Meter } from '@opentelemetry/api';
import { AggregationTemporalityPreference, OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { AggregationTemporality, AggregationType, InstrumentType, type MetricReaderOptions } from '@opentelemetry/sdk-metrics';
import { normalise, valuesOf } from './normalise.ts';
import { cumulative, delta, PROVIDERS, TestReader, type Provider } from './providers.ts';

describe.each(PROVIDERS)('what a reader selects: %s', (_, create) => {
  function select(options: MetricReaderOptions): { reader: TestReader; provider: Provider; meter: Meter } {
    const reader = new TestReader(options);
    const provider = create({ readers: [reader] });
    return { reader, provider, meter: provider.getMeter('test') };
  }

  function useAll(meter: Meter): void {
    meter.createCounter('counter').add(1);
    meter.createUpDownCounter('up_down').add(1);
    meter.createHistogram('histogram').record(1);
    meter.createGauge('gauge').record(1);
    meter.createObservableCounter('o_counter').addCallback((result) => result.observe(1));
    meter.createObservableUpDownCounter('o_up_down').addCallback((result) => result.observe(1));
    meter.createObservableGauge('o_gauge').addCallback((result) => result.observe(1));
  }

  it.each([
    ['DELTA', AggregationTemporalityPreference.DELTA],
    ['LOWMEMORY', AggregationTemporalityPreference.LOWMEMORY],
    ['CUMULATIVE', AggregationTemporalityPreference.CUMULATIVE],
  ])('a temporality for each type, as OTLP exporters prefer it: %s', async (_name, temporalityPreference) => {
    const exporter = new OTLPMetricExporter({ temporalityPreference });
    const aggregationTemporalitySelector = exporter.selectAggregationTemporality.bind(exporter);
    const { reader, provider, meter } = select({ aggregationTemporalitySelector });
    useAll(meter);
    await reader.read();
    useAll(meter);
    const isDelta = (type: InstrumentType) => aggregationTemporalitySelector(type) === AggregationTemporality.DELTA;
    const collected = normalise((await reader.read()).resourceMetrics);
    expect(collected.map(({ type, temporality }) => [type, temporality])).toEqual(
      [
        InstrumentType.COUNTER,
        InstrumentType.UP_DOWN_COUNTER,
        InstrumentType.HISTOGRAM,
        InstrumentType.GAUGE,
        InstrumentType.OBSERVABLE_COUNTER,
        InstrumentType.OBSERVABLE_UP_DOWN_COUNTER,
        InstrumentType.OBSERVABLE_GAUGE,
      ].map((type) => [type, isDelta(type) ? 'delta' : 'cumulative']),
    );
    const value = (type: InstrumentType) => collected.find((metric) => metric.type === type)!.points[0]![1];
    expect(value(InstrumentType.COUNTER)).toBe(isDelta(InstrumentType.COUNTER) ? 1 : 2);
    expect(value(InstrumentType.UP_DOWN_COUNTER)).toBe(isDelta(InstrumentType.UP_DOWN_COUNTER) ? 1 : 2);
    expect(value(InstrumentType.OBSERVABLE_COUNTER)).toBe(isDelta(InstrumentType.OBSERVABLE_COUNTER) ? 0 : 1);
    expect(value(InstrumentType.OBSERVABLE_UP_DOWN_COUNTER)).toBe(isDelta(InstrumentType.OBSERVABLE_UP_DOWN_COUNTER) ? 0 : 1);
    expect(value(InstrumentType.OBSERVABLE_GAUGE)).toBe(1);
    await Promise.all([provider.shutdown(), exporter.shutdown()]);
  });

  it('an aggregation for each type', async () => {
    const { reader, provider, meter } = select({
      aggregationSelector: (type) => {
        if (type === InstrumentType.COUNTER) return { type: AggregationType.DROP };
        if (type === InstrumentType.UP_DOWN_COUNTER)
          return { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: { boundaries: [0] } };
        if (type === InstrumentType.GAUGE) return { type: AggregationType.SUM };
        return { type: AggregationType.LAST_VALUE };
      },
    });
    useAll(meter);
    meter.createUpDownCounter('up_down').add(-2);
    meter.createGauge('gauge').record(2);
    meter.createHistogram('histogram').record(5);
    // What may be negative has no sum.
    const distribution = { count: 2, min: -2, max: 1, buckets: { boundaries: [0], counts: [1, 1] } };
    const expected = { up_down: distribution, gauge: 3, histogram: 5, o_counter: 1, o_up_down: 1, o_gauge: 1 };
    expect(valuesOf((await reader.read()).resourceMetrics)).toEqual(expected);
    await provider.shutdown();
  });

  it('apart from what another reader selects', async () => {
    const exponential = cumulative({ aggregationSelector: () => ({ type: AggregationType.EXPONENTIAL_HISTOGRAM }) });
    const [explicit, sums] = [cumulative(), delta({ aggregationSelector: () => ({ type: AggregationType.SUM }) })];
    const provider = create({ readers: [explicit, exponential, sums] });
    const histogram = provider.getMeter('test').createHistogram('histogram');
    histogram.record(1);
    histogram.record(2);
    const kinds = async (reader: TestReader) => normalise((await reader.read()).resourceMetrics).map(({ kind }) => kind);
    expect(await kinds(explicit)).toEqual(['HISTOGRAM']);
    expect(await kinds(exponential)).toEqual(['EXPONENTIAL_HISTOGRAM']);
    expect(normalise((await sums.read()).resourceMetrics)).toMatchObject([{ kind: 'SUM', isMonotonic: true, points: [[{}, 3]] }]);
    await provider.shutdown();
  });

  it('exponential histograms', async () => {
    const reader = cumulative({ aggregationSelector: () => ({ type: AggregationType.EXPONENTIAL_HISTOGRAM, options: { maxSize: 4 } }) });
    const provider = create({ readers: [reader] });
    const histogram = provider.getMeter('test').createHistogram('histogram');
    for (const value of [0, 1, 2, 4, 8]) histogram.record(value);
    expect(valuesOf((await reader.read()).resourceMetrics)).toEqual({
      histogram: {
        count: 5,
        sum: 15,
        min: 0,
        max: 8,
        scale: 0,
        zeroCount: 1,
        positive: { offset: -1, bucketCounts: [1, 1, 1, 1] },
        negative: { offset: 0, bucketCounts: [] },
      },
    });
    await provider.shutdown();
  });
});
