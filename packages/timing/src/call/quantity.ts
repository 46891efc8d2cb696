import { MetricType, type Clock, type TagsInput } from '@otel-perf/metrics';
import type { BatchSize } from '../api.ts';
import { secondsBetween } from '../clock/now.ts';

export interface Measurement {
  /** The metric is `<operation>_<what>`. */
  readonly what: string;
  readonly type: MetricType;
  readonly value: number;
  /** Beside those of the call. */
  readonly tags?: TagsInput;
}

/** How a call ended. */
export interface Outcome {
  readonly args: readonly unknown[];
  readonly failed: boolean;
  /** What it returned or resolved to; `undefined` for a failed one. */
  readonly result: unknown;
  readonly error: unknown;
}

/** What one kind of decorator measures of a call: a reading at its start, whose `end` makes measurements of it. */
export interface Quantity {
  begin(clock: Clock): Reading;
}

export interface Reading {
  /** `items` is how many came out of a generator or stream. */
  end(outcome: Outcome, items: number | undefined): readonly Measurement[];
  /** For readings that know of each other: this one no longer counts. Also called after `end`. */
  readonly leave?: () => void;
}

export const duration: Quantity = {
  begin(clock) {
    const start = clock.now();
    return {
      end: (_outcome, items) => [{ what: 'time', type: MetricType.TIME, value: secondsBetween(start, clock.now()) }, ...itemsOf(items)],
    };
  },
};

function itemsOf(items: number | undefined): Measurement[] {
  return items === undefined ? [] : [{ what: 'items', type: MetricType.COUNTER, value: items }];
}

/** Items per second, and their number. Of a failed call no item got through. */
export function throughput(batchSize: BatchSize): Quantity {
  return {
    begin(clock) {
      const start = clock.now();
      return {
        end({ args, result, failed }) {
          const seconds = secondsBetween(start, clock.now());
          let items = 0;
          if (!failed) items = typeof batchSize === 'function' ? batchSize(args, result) : batchSize;
          const counted = { what: 'throughput_items', type: MetricType.COUNTER, value: items };
          // Between two equal readings of the clock there is no rate.
          return seconds === 0 ? [counted] : [{ what: 'throughput', type: MetricType.THROUGHPUT, value: items / seconds }, counted];
        },
      };
    },
  };
}
