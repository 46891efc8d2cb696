import { MetricType, type CentralizedMetricsCollector, type Series } from '@otel-perf/metrics';
import type { PreprocessKind } from './errors.ts';
import type { Item } from './item.ts';

const SOURCE = 'cpu_pipeline';

/** Records how long texts or images took; docs/metric-names.md describes it. */
export class ItemTimes {
  readonly #collector: CentralizedMetricsCollector;
  readonly #kind: PreprocessKind;
  readonly #succeeded: Series;

  constructor(collector: CentralizedMetricsCollector, kind: PreprocessKind) {
    this.#collector = collector;
    this.#kind = kind;
    this.#succeeded = this.#series({});
  }

  /** The reason is the `error.type` of those that failed. */
  record({ millis, error }: Item<unknown>): void {
    const series = error === undefined ? this.#succeeded : this.#series({ 'error.type': error.reason });
    series.record(millis / 1e3);
  }

  #series(tags: Readonly<Record<string, string>>): Series {
    return this.#collector.series({ name: `preprocessor_${this.#kind}_time`, type: MetricType.TIME, source: SOURCE, tags });
  }
}
