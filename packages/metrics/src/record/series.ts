import type { Attributes, MeterProvider } from '@opentelemetry/api';
import { INSTRUMENT_MAPPING } from '../model/instrument-mapping.ts';
import { MetricType } from '../model/metric-type.ts';
import type { Tags } from '../model/metric.ts';
import type { RollingWindow } from '../window/rolling-window.ts';
import type { FrequencyGate } from './frequency.ts';
import type { Sink } from './instruments.ts';
import type { Recorder } from './recorder.ts';
import { NO_TAGS } from './tags.ts';

export interface SeriesParts {
  readonly id: number;
  readonly name: string;
  readonly type: MetricType;
  readonly source: string;
  readonly tags: Tags;
  readonly overflow: boolean;
  readonly gate: FrequencyGate | undefined;
  /** Whether OpenTelemetry reads it at collection: see `ObservedSeries`. */
  readonly observed: boolean;
}

/**
 * One metric of one source with fixed tags: the handle for hot paths, made by `CentralizedMetricsCollector.series()`. Keep it; every other
 * way of recording ends here.
 */
export class Series {
  /** @internal Place in the collector's table, which the history stores. */
  readonly id: number = 0;
  readonly name: string;
  readonly type: MetricType;
  readonly source: string;
  readonly tags: Tags;
  /** @internal Whether OpenTelemetry reads it at collection: a record then goes to window and history alone. */
  readonly observed: boolean;
  /** @internal Absent while windows are switched off. */
  window: RollingWindow | undefined;
  protected readonly recorder: Recorder;
  readonly #least: number = 0;
  readonly #attributes: Attributes | undefined;
  readonly #gate: FrequencyGate | undefined;
  readonly #overflow: boolean;
  #provider: MeterProvider | undefined;
  #sink: Sink | undefined;

  /** @internal */
  constructor(parts: SeriesParts, window: RollingWindow | undefined, recorder: Recorder) {
    this.id = parts.id;
    this.name = parts.name;
    this.type = parts.type;
    this.source = parts.source;
    this.tags = parts.tags;
    this.observed = parts.observed;
    this.window = window;
    this.recorder = recorder;
    this.#least = INSTRUMENT_MAPPING[parts.type].least;
    this.#attributes = parts.tags === NO_TAGS ? undefined : { ...parts.tags };
    this.#gate = parts.gate;
    this.#overflow = parts.overflow;
  }

  /** Whether `record` does anything now. */
  get enabled(): boolean {
    return this.recorder.enabled;
  }

  /**
   * Records `value`, in the unit of the type. Never throws: what is no finite number, or below 0 for times, throughputs and counters, is
   * dropped, warned of once and counted. `at` is the time of the value in milliseconds of `performance.now()` (of the collector's clock
   * where it has another one), for callers who have just read it.
   */
  record(value: number, at?: number): void {
    const recorder = this.recorder;
    // Compared, since the engine otherwise asks of a value of any kind whether it counts as true.
    if (recorder.enabled !== true || !this.admits(value)) return;
    if (this.#overflow === true) recorder.losses.overflowed++;
    const time = recorder.timed === true || this.#gate !== undefined ? (Number.isFinite(at) ? at! : recorder.clock.now()) : 0;
    if (this.#gate !== undefined && !this.#admit(value, time)) return;
    this.window?.add(value, time);
    recorder.history?.append(this.id, value, time);
    this.#write(value);
  }

  /** @internal Whether `value` can be recorded; one that cannot is counted as dropped. */
  admits(value: number): boolean {
    if (typeof value === 'number' && value - value === 0 && value >= this.#least) return true;
    this.#refuse(value);
    return false;
  }

  #write(value: number): void {
    const provider = this.recorder.provider();
    try {
      if (provider !== this.#provider) this.#bind(provider);
      this.#sink!.record(value, this.#attributes);
    } catch (error) {
      this.recorder.losses.drop('instrument_error', this.name, `its instrument threw ${String(error)}`);
    }
  }

  #bind(provider: MeterProvider): void {
    this.#sink = this.recorder.instruments.boundSink(provider, this, this.#attributes);
    this.#provider = provider;
  }

  /** A counter that is thinned out still counts everything in OpenTelemetry: only window and history leave values out. */
  #admit(value: number, time: number): boolean {
    const reason = this.#gate!.refuses(time);
    if (reason === undefined) return true;
    this.recorder.losses.skip(reason);
    if (this.type === MetricType.COUNTER) this.#write(value);
    return false;
  }

  #refuse(value: unknown): void {
    const { losses } = this.recorder;
    if (typeof value !== 'number') losses.drop('not_a_number', this.name, `a ${typeof value} is no number`);
    else if (!Number.isFinite(value)) losses.drop('not_finite', this.name, `${value} is not finite`);
    else losses.drop('negative', this.name, `${value} is below 0`);
  }
}

/** Stands for a metric beyond the limit of names: every measurement is dropped and counted. */
export class DroppingSeries extends Series {
  override record(): void {
    if (this.recorder.enabled)
      this.recorder.losses.drop('name_limit', 'any further name', 'there are as many metric names as maxNames allows');
  }
}
