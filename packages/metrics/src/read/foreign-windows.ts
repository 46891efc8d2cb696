import {
  AggregationTemporality,
  DataPointType,
  type DataPoint,
  type MetricData,
  type ResourceMetrics,
  type ScopeMetrics,
} from '@opentelemetry/sdk-metrics';
import type { Metric } from '../model/metric.ts';
import { SELF_SCOPE } from '../record/instruments.ts';
import { DEFAULT_WINDOW_SIZE } from '../window/metrics-aggregator.ts';
import { DistributionWindow } from '../window/distribution-window.ts';
import { RollingWindow } from '../window/rolling-window.ts';
import type { WindowStats } from '../window/statistics.ts';
import { DeltaView, streamKey } from './delta-view.ts';
import { distributionOf, identify, type Identity, type OriginOf } from './flatten.ts';

/** Statistics of an instrument over the last collections, all of its attributes together. */
export interface InstrumentStats extends Pick<Metric, 'name' | 'type' | 'source' | 'unit'> {
  readonly stats: WindowStats;
}

interface InstrumentWindow {
  readonly identity: Identity;
  readonly window: RollingWindow | DistributionWindow;
}

/**
 * Rolling windows for the instruments of other libraries, fed by collections: a gauge or up-down counter adds the values of its data
 * points, a counter its growth since the last collection, a histogram what its buckets counted since then. Our collector's instruments
 * are left out, since it has exact windows of its own.
 */
export class ForeignWindows {
  readonly #maxAgeMillis: number;
  readonly #originOf: OriginOf;
  readonly #windows = new Map<string, InstrumentWindow>();
  readonly #delta = new DeltaView(() => AggregationTemporality.DELTA);

  constructor(maxAgeMillis: number, originOf: OriginOf) {
    this.#maxAgeMillis = maxAgeMillis;
    this.#originOf = originOf;
  }

  feed(resourceMetrics: ResourceMetrics, now: number): void {
    const { data: growth, commit } = this.#delta.of(this.#foreign(resourceMetrics));
    commit();
    for (const { scope, metrics } of growth.scopeMetrics) {
      for (const data of metrics) add(this.#window(scope, data).window, data, now);
    }
  }

  stats(now: number, percentiles: readonly number[]): InstrumentStats[] {
    return Array.from(this.#windows.values(), ({ identity, window }) => ({ ...identity, stats: window.stats(now, percentiles) }));
  }

  #foreign({ resource, scopeMetrics }: ResourceMetrics): ResourceMetrics {
    const others = scopeMetrics.filter(({ scope }) => scope.name !== SELF_SCOPE);
    return {
      resource,
      scopeMetrics: others.map(({ scope, metrics }) => ({
        scope,
        metrics: metrics.filter(({ descriptor }) => this.#originOf(scope.name, descriptor.name) === undefined),
      })),
    };
  }

  #window(scope: ScopeMetrics['scope'], data: MetricData): InstrumentWindow {
    const distributed = data.dataPointType === DataPointType.HISTOGRAM || data.dataPointType === DataPointType.EXPONENTIAL_HISTOGRAM;
    const key = streamKey(scope, data);
    let known = this.#windows.get(key);
    if (known === undefined) {
      const window = distributed ? new DistributionWindow(this.#maxAgeMillis) : new RollingWindow(DEFAULT_WINDOW_SIZE, this.#maxAgeMillis);
      known = { identity: identify(scope.name, data, this.#originOf), window };
      this.#windows.set(key, known);
    }
    return known;
  }
}

function add(window: RollingWindow | DistributionWindow, data: MetricData, now: number): void {
  if (window instanceof DistributionWindow) {
    for (const point of data.dataPoints) window.add(distributionOf(data, point)!, now);
    return;
  }
  const values = (data.dataPoints as DataPoint<number>[]).map(({ value }) => value).filter(Number.isFinite);
  const growth = data.dataPointType === DataPointType.SUM && data.isMonotonic;
  for (const value of growth ? [values.reduce((sum, each) => sum + each, 0)] : values) window.add(value, now);
}
