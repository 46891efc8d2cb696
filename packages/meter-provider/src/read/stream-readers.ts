import { AggregationTemporality, DataPointType, type MetricData } from '@opentelemetry/sdk-metrics';
import type { Arena } from '../memory/arena.ts';
import type { CatalogueStream } from '../memory/catalogue.ts';
import { isMonotonic, isObservable, type StreamDescriptor } from '../model/stream.ts';
import type { Interval } from './interval.ts';
import { StreamReader, type MetricBuilder, type MetricHeader } from './stream-reader.ts';
import { cumulativeExponentialHistograms, deltaExponentialHistograms } from './values/exponential-histograms.ts';
import { cumulativeHistograms, deltaHistograms } from './values/histograms.ts';
import { changedLastValues, lastValues } from './values/last-values.ts';
import { changedObservedLastValues, observedLastValues } from './values/observed-last-values.ts';
import { cumulativeObservedCounters, cumulativeObservedSums, deltaObservedCounters, deltaObservedSums } from './values/observed-sums.ts';
import { cumulativeSums, deltaSums } from './values/sums.ts';
import type { ValueSource } from './values/value-source.ts';

/** Anything that collects a stream. */
export type AnyStreamReader = Pick<StreamReader<never>, 'collect'>;

export function streamReader(
  arena: Arena,
  stream: CatalogueStream,
  temporality: AggregationTemporality,
  interval: Interval,
): AnyStreamReader {
  const { descriptor } = stream;
  const { aggregation } = descriptor;
  const isDelta = temporality === AggregationTemporality.DELTA;
  const reads = <V>(source: ValueSource<V>, build: MetricBuilder<V>) => new StreamReader(stream, temporality, source, build);
  switch (aggregation.kind) {
    case 'sum':
      return reads(sums(arena, descriptor, isDelta), sumBuilder(isMonotonic(descriptor.type)));
    case 'last-value':
      return reads(gauges(arena, descriptor, isDelta), toGauge);
    case 'histogram': {
      const options = { hasSum: !mayBeNegative(descriptor), interval };
      const source = isDelta ? deltaHistograms(arena, aggregation, options) : cumulativeHistograms(arena, aggregation, options);
      return reads(source, toHistogram);
    }
    case 'exponential-histogram': {
      const options = { hasSum: !mayBeNegative(descriptor), interval };
      const source = isDelta
        ? deltaExponentialHistograms(arena, aggregation, options)
        : cumulativeExponentialHistograms(arena, aggregation, options);
      return reads(source, toExponentialHistogram);
    }
  }
}

function sums(arena: Arena, { type }: StreamDescriptor, isDelta: boolean): ValueSource<number> {
  if (!isObservable(type)) return isDelta ? deltaSums(arena) : cumulativeSums(arena);
  if (isMonotonic(type)) return isDelta ? deltaObservedCounters(arena) : cumulativeObservedCounters(arena);
  return isDelta ? deltaObservedSums(arena) : cumulativeObservedSums(arena);
}

function gauges(arena: Arena, { type }: StreamDescriptor, isDelta: boolean): ValueSource<number> {
  if (isObservable(type)) return isDelta ? changedObservedLastValues(arena) : observedLastValues(arena);
  return isDelta ? changedLastValues(arena) : lastValues(arena);
}

/** As the SDK has it: what may be negative has no sum, which a receiver would take for one that only rises. */
function mayBeNegative({ type }: StreamDescriptor): boolean {
  return type !== 'COUNTER' && type !== 'HISTOGRAM' && type !== 'OBSERVABLE_COUNTER';
}

function sumBuilder(monotonic: boolean): MetricBuilder<number> {
  return (header, dataPoints) => ({ ...header, dataPointType: DataPointType.SUM, dataPoints, isMonotonic: monotonic });
}

function toGauge(header: MetricHeader, dataPoints: Points<DataPointType.GAUGE>): MetricData {
  return { ...header, dataPointType: DataPointType.GAUGE, dataPoints };
}

function toHistogram(header: MetricHeader, dataPoints: Points<DataPointType.HISTOGRAM>): MetricData {
  return { ...header, dataPointType: DataPointType.HISTOGRAM, dataPoints };
}

function toExponentialHistogram(header: MetricHeader, dataPoints: Points<DataPointType.EXPONENTIAL_HISTOGRAM>): MetricData {
  return { ...header, dataPointType: DataPointType.EXPONENTIAL_HISTOGRAM, dataPoints };
}

type Points<T extends DataPointType> = Extract<MetricData, { dataPointType: T }>['dataPoints'];
