import type { Attributes, MeterProvider } from '@opentelemetry/api';
import { MetricType } from '../model/metric-type.ts';
import type { Tags } from '../model/metric.ts';
import type { ObservedPoint } from './observable.ts';
import type { Recorder } from './recorder.ts';
import type { Series } from './series.ts';
import { NO_TAGS, tagsKey } from './tags.ts';

/** Gives the value as of now, of a counter its total; `undefined` where there is none. What it throws is dropped and counted. */
export type ReadValue = () => number | undefined;

/**
 * One metric of one source with fixed tags whose value is read when somebody collects, made by `CentralizedMetricsCollector.observe()`.
 * In between it costs nothing.
 */
export interface ObservedSeries {
  readonly name: string;
  readonly type: MetricType;
  readonly source: string;
  readonly tags: Tags;
  /**
   * Reads the value into window and history, of a counter what it has grown by since the last time; OpenTelemetry reads for itself. `at` is
   * as for `Series.record`. Never throws.
   */
  sample(at?: number): void;
  /** Reads no more. OpenTelemetry keeps the last value; a counter does not fall, and one that is observed again goes on from there. */
  stop(): void;
}

/** The observed series of a collector, and their way to the meter provider that is in force. */
export class Observations {
  readonly #recorder: Recorder;
  readonly #points = new Map<Series, Point>();
  #provider: MeterProvider | undefined;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  observe(series: Series, read: ReadValue): ObservedSeries {
    let point = this.#points.get(series);
    if (point === undefined) point = this.#add(series);
    const reading = new Reading(series, read, this.#recorder, point, this);
    point.readings.add(reading);
    this.attach();
    return reading;
  }

  /** Moves to the provider that is in force now. */
  attach(): void {
    const provider = this.#recorder.provider();
    if (provider === this.#provider) return;
    if (this.#provider !== undefined) for (const point of this.#points.values()) this.#detach(this.#provider, point);
    this.#provider = provider;
    for (const point of this.#points.values()) this.#attach(provider, point);
  }

  /** Takes what the last collection read into windows and history: it was read once, and is the same everywhere. */
  keep(at: number): void {
    for (const point of this.#points.values()) for (const reading of point.readings) reading.keep(at);
  }

  /** Reads all into windows and history, for somebody who looks without a collection. What has not changed since is there already. */
  refresh(): void {
    if (!this.#recorder.enabled) return;
    for (const point of this.#points.values()) for (const reading of point.readings) reading.refresh();
  }

  ended(point: Point): void {
    // That of a counter goes on, with what was counted.
    if (point.readings.size > 0 || point.series.type === MetricType.COUNTER) return;
    if (this.#points.delete(point.series) && this.#provider !== undefined) this.#detach(this.#provider, point);
  }

  #add(series: Series): Point {
    const point = new Point(series, this.#recorder);
    // One beyond the limit of names is in no table, and is not shown.
    if (series.id < 0) return point;
    this.#points.set(series, point);
    if (this.#provider !== undefined) this.#attach(this.#provider, point);
    return point;
  }

  #attach(provider: MeterProvider, point: Point): void {
    try {
      this.#recorder.instruments.observable(provider, point.series).add(point);
    } catch (error) {
      this.#recorder.losses.drop('instrument_error', point.series.name, `its instrument threw ${String(error)}`);
    }
  }

  #detach(provider: MeterProvider, point: Point): void {
    try {
      this.#recorder.instruments.observable(provider, point.series).remove(point);
    } catch {
      // One that cannot be got was told of when it was attached.
    }
  }
}

/** All that observe one series, as one: counters add up, of others the newest is heard. */
class Point implements ObservedPoint {
  readonly series: Series;
  readonly key: string;
  readonly attributes: Attributes | undefined;
  readonly readings = new Set<Reading>();
  /** Of a counter: the totals of those that have stopped. */
  ended = 0;
  readonly #recorder: Recorder;

  constructor(series: Series, recorder: Recorder) {
    this.series = series;
    this.key = tagsKey(series.tags);
    this.attributes = series.tags === NO_TAGS ? undefined : { ...series.tags };
    this.#recorder = recorder;
  }

  read(): number | undefined {
    if (!this.#recorder.enabled) return undefined;
    const adds = this.series.type === MetricType.COUNTER;
    let value = adds && this.ended > 0 ? this.ended : undefined;
    for (const reading of this.readings) {
      const read = reading.read();
      if (read !== undefined) value = adds && value !== undefined ? value + read : read;
    }
    return value;
  }
}

class Reading implements ObservedSeries {
  readonly #series: Series;
  readonly #recorder: Recorder;
  readonly #point: Point;
  readonly #owner: Observations;
  #read: ReadValue | undefined;
  /** Of a counter: what it counted before it began anew, and its last value since. */
  #before = 0;
  #last: number | undefined;
  /** What the last collection read and nobody has kept. */
  #unkept: number | undefined;
  /** What window and history have: the last value, of a counter the total that they add up to. */
  #kept: number | undefined;

  constructor(series: Series, read: ReadValue, recorder: Recorder, point: Point, owner: Observations) {
    this.#series = series;
    this.#read = read;
    this.#recorder = recorder;
    this.#point = point;
    this.#owner = owner;
  }

  get name(): string {
    return this.#series.name;
  }

  get type(): MetricType {
    return this.#series.type;
  }

  get source(): string {
    return this.#series.source;
  }

  get tags(): Tags {
    return this.#series.tags;
  }

  sample(at?: number): void {
    if (this.#read === undefined || !this.#recorder.enabled) return;
    this.#owner.attach();
    this.read();
    this.keep(at);
  }

  stop(): void {
    if (this.#read === undefined) return;
    if (this.type === MetricType.COUNTER) {
      this.#point.ended += this.read() ?? 0;
      this.keep(undefined);
    }
    this.#read = undefined;
    this.#point.readings.delete(this);
    this.#owner.ended(this.#point);
  }

  /** The value as of now, of a counter the last known total where it cannot be told. */
  read(): number | undefined {
    const value = this.#ask();
    if (this.type !== MetricType.COUNTER) return (this.#unkept = value);
    if (value !== undefined) {
      if (this.#last !== undefined && value < this.#last) this.#before += this.#last;
      this.#last = value;
    }
    return (this.#unkept = this.#last === undefined ? undefined : this.#before + this.#last);
  }

  keep(at: number | undefined): void {
    const value = this.#unkept;
    this.#unkept = undefined;
    if (value === undefined) return;
    if (this.type !== MetricType.COUNTER) this.#series.record(value, at);
    else if (value !== this.#kept) this.#series.record(value - (this.#kept ?? 0), at);
    this.#kept = value;
  }

  refresh(): void {
    if (this.read() !== this.#kept) this.keep(undefined);
    this.#unkept = undefined;
  }

  #ask(): number | undefined {
    try {
      const value = this.#read!();
      return value === undefined || this.#series.admits(value) ? value : undefined;
    } catch (error) {
      this.#recorder.losses.drop('unreadable', this.name, `reading it threw ${text(error)}`);
      return undefined;
    }
  }
}

/** Anything may be thrown, also what cannot be a text. */
function text(error: unknown): string {
  try {
    return String(error);
  } catch {
    return 'something';
  }
}
