import type { MeterProvider } from '@opentelemetry/api';
import type { Clock } from '../model/clock.ts';
import { DEFAULT_TIME_BOUNDARIES } from '../model/instrument-mapping.ts';
import { checkBoundaries, checkInteger, checkNumber } from '../model/options.ts';
import { DEFAULT_WINDOW_SIZE } from '../window/metrics-aggregator.ts';
import { checkFrequency, type FrequencyRule } from './frequency.ts';

/** What is kept in the process, apart from what OpenTelemetry keeps. */
export interface RetentionOptions {
  /** Values per metric name in the rolling window. Default 1000; 0 switches windows off. */
  windowSize?: number;
  /** Age in milliseconds at which a value leaves its window. Default none; above 0. */
  windowMaxAgeMillis?: number;
  /** Events in the history, of all metrics together, 20 bytes each. Default 100,000; 0 switches the history off. */
  historySize?: number;
  /** Age in milliseconds at which an event leaves the history. Default one hour; above 0. */
  historyMaxAgeMillis?: number;
}

export interface CollectorOptions extends RetentionOptions {
  /** Default true. */
  enabled?: boolean;
  /** Default the global provider of `@opentelemetry/api`, looked up at each record. */
  meterProvider?: MeterProvider;
  /** Metric names; measurements of further ones are dropped and counted. Default 10,000; at least 1. */
  maxNames?: number;
  /** Series (types, sources and tags) per metric name; further ones share one overflow series. Default 1000; at least 1. */
  maxSeriesPerName?: number;
  /** Series of all names together; beyond them each name has only its overflow series. Default 100,000; at least 1. */
  maxSeries?: number;
  /** Bucket bounds of time histograms, in seconds, rising. Default 1-2.5-5 steps from 1 µs to 10 s. */
  timeBoundaries?: readonly number[];
  /** How often metrics are recorded, by name; the first rule that matches holds. Default all values of all. */
  frequencies?: readonly FrequencyRule[];
  clock?: Clock;
}

export type Retention = Readonly<Required<RetentionOptions>>;

const DEFAULT_RETENTION: Retention = {
  windowSize: DEFAULT_WINDOW_SIZE,
  windowMaxAgeMillis: Infinity,
  historySize: 100_000,
  historyMaxAgeMillis: 3_600_000,
};

/** Fills in `options` from `known`. @throws RangeError naming the option and its bounds. */
export function resolveRetention(options: RetentionOptions, known: Retention = DEFAULT_RETENTION): Retention {
  return {
    windowSize: checkInteger('windowSize', options.windowSize ?? known.windowSize, 0, 2 ** 30),
    windowMaxAgeMillis: checkNumber('windowMaxAgeMillis', options.windowMaxAgeMillis ?? known.windowMaxAgeMillis, Number.MIN_VALUE),
    historySize: checkInteger('historySize', options.historySize ?? known.historySize, 0, 2 ** 30),
    historyMaxAgeMillis: checkNumber('historyMaxAgeMillis', options.historyMaxAgeMillis ?? known.historyMaxAgeMillis, Number.MIN_VALUE),
  };
}

/** @throws RangeError naming the option and its bounds, TypeError for a frequency rule without a name. */
export function resolveLimits(options: CollectorOptions): {
  maxNames: number;
  maxSeriesPerName: number;
  maxSeries: number;
  timeBoundaries: readonly number[];
  frequencies: readonly FrequencyRule[];
} {
  const frequencies = options.frequencies ?? [];
  for (const rule of frequencies) {
    if (typeof rule.name !== 'string')
      throw new TypeError(`frequencies: name must be a pattern for metric names, not ${String(rule.name)}`);
    checkFrequency(rule);
  }
  return {
    maxNames: checkInteger('maxNames', options.maxNames ?? 10_000, 1),
    maxSeriesPerName: checkInteger('maxSeriesPerName', options.maxSeriesPerName ?? 1000, 1),
    maxSeries: checkInteger('maxSeries', options.maxSeries ?? 100_000, 1),
    timeBoundaries: checkBoundaries('timeBoundaries', options.timeBoundaries ?? DEFAULT_TIME_BOUNDARIES),
    frequencies: frequencies.map((rule) => ({ ...rule })),
  };
}
