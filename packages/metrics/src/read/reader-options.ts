import type { MetricReaderOptions, PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { checkInteger } from '../model/options.ts';
import type { CentralizedMetricsCollector } from '../record/collector.ts';
import { getMetricsCollector } from '../record/global-collector.ts';

const LONGEST_TIMER = 2 ** 31 - 1;

export interface PerformanceMetricReaderOptions
  extends Pick<MetricReaderOptions, 'aggregationSelector' | 'cardinalitySelector' | 'metricProducers'> {
  /** Whose instruments count as our own, with exact windows and original names. Default the collector of the process. */
  collector?: CentralizedMetricsCollector;
  /** Each gets every collection of the interval, in the temporality that it prefers. Default none. */
  exporters?: readonly PushMetricExporter[];
  /** Time between two exports in milliseconds. Default 15,000; from 1. */
  exportIntervalMillis?: number;
  /** What one exporter may take for an export, a flush or its shutdown, in milliseconds. Default 10,000; from 1. */
  exportTimeoutMillis?: number;
  /** What a collection may wait for asynchronous callbacks, in milliseconds. Default 5000; from 1. */
  collectTimeoutMillis?: number;
  /**
   * After this time in milliseconds without a collection the reader collects by itself, so that the SDK frees what it holds.
   * Default 30,000; from 1.
   */
  drainIntervalMillis?: number;
  /** Age of the rolling windows over other libraries' instruments, in milliseconds. Default 300,000; from 1. */
  foreignWindowMillis?: number;
  /** Told of every export, flush or shutdown of an exporter that fails or takes too long. What it throws is ignored. */
  onExportError?: (exporter: string, error: unknown) => void;
}

export type ReaderSettings = Required<Omit<PerformanceMetricReaderOptions, keyof MetricReaderOptions | 'onExportError'>>;

/** The SDK's own limit of series per instrument, its overflow series included. */
const SDK_CARDINALITY_LIMIT = 2000;

/** The SDK folds no series that the collector tells apart: room for all that a metric may have, and for either's overflow series. */
export function cardinalityFor(collector: CentralizedMetricsCollector): number {
  return Math.max(SDK_CARDINALITY_LIMIT, collector.maxSeriesPerName + 2);
}

/** @throws RangeError naming the option and its bounds. */
export function resolveReaderOptions(options: PerformanceMetricReaderOptions): ReaderSettings {
  const millis = (
    option: 'exportIntervalMillis' | 'exportTimeoutMillis' | 'collectTimeoutMillis' | 'drainIntervalMillis' | 'foreignWindowMillis',
    fallback: number,
  ) => checkInteger(option, options[option] ?? fallback, 1, LONGEST_TIMER);
  return {
    collector: options.collector ?? getMetricsCollector(),
    exporters: [...(options.exporters ?? [])],
    exportIntervalMillis: millis('exportIntervalMillis', 15_000),
    exportTimeoutMillis: millis('exportTimeoutMillis', 10_000),
    collectTimeoutMillis: millis('collectTimeoutMillis', 5000),
    drainIntervalMillis: millis('drainIntervalMillis', 30_000),
    foreignWindowMillis: millis('foreignWindowMillis', 300_000),
  };
}
