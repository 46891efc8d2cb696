import type { HrTime } from '@opentelemetry/api';
import { AggregationTemporality, type DataPoint, type MetricData } from '@opentelemetry/sdk-metrics';
import type { CatalogueSeries, CatalogueStream } from '../memory/catalogue.ts';
import type { StreamDescriptor } from '../model/stream.ts';
import { hrTime } from './time.ts';
import type { ValueSource } from './values/value-source.ts';

/** What metrics of all kinds have. */
export type MetricHeader = Pick<MetricData, 'descriptor' | 'aggregationTemporality'>;

/** Makes a metric of the header and the points that belong to it. */
export type MetricBuilder<V> = (header: MetricHeader, dataPoints: DataPoint<V>[]) => MetricData;

/** Turns one stream into a metric, for one reader, as often as that collects. */
export class StreamReader<V> {
  readonly #stream: CatalogueStream;
  readonly #temporality: AggregationTemporality;
  readonly #source: ValueSource<V>;
  readonly #build: MetricBuilder<V>;
  /** Since when series count that have begun anew, by their places. */
  readonly #restarts = new Map<number, HrTime>();
  /** Of the last start that was asked for: series that come together began together. */
  #startedAt = Number.NaN;
  #startTime: HrTime = [0, 0];
  #described: StreamDescriptor | undefined;
  #header: MetricHeader | undefined;
  #seriesBefore = 0;

  constructor(stream: CatalogueStream, temporality: AggregationTemporality, source: ValueSource<V>, build: MetricBuilder<V>) {
    this.#stream = stream;
    this.#temporality = temporality;
    this.#source = source;
    this.#build = build;
  }

  /** `undefined` where there is nothing to tell. `timeBefore` is that of the reader's last collection. */
  collect(endTime: HrTime, timeBefore: HrTime): MetricData | undefined {
    const dataPoints: DataPoint<V>[] = [];
    const { series: all } = this.#stream;
    const isDelta = this.#temporality === AggregationTemporality.DELTA;
    for (const series of all) {
      const value = this.#source.read(series);
      if (value === undefined) continue;
      const startTime = isDelta && series.index < this.#seriesBefore ? timeBefore : this.#start(series, endTime);
      dataPoints.push({ attributes: series.attributes, startTime, endTime, value });
    }
    this.#seriesBefore = all.length;
    return dataPoints.length === 0 ? undefined : this.#build(this.#headerOf(this.#stream), dataPoints);
  }

  #start({ index, startedAt }: CatalogueSeries, now: HrTime): HrTime {
    if (this.#source.beganAnew?.() === true) this.#restarts.set(index, now);
    const restart = this.#restarts.get(index);
    if (restart !== undefined) return restart;
    if (startedAt !== this.#startedAt) {
      this.#startedAt = startedAt;
      this.#startTime = hrTime(startedAt);
    }
    return this.#startTime;
  }

  #headerOf({ descriptor }: CatalogueStream): MetricHeader {
    if (this.#header === undefined || this.#described !== descriptor) {
      const { name, description, unit, type, valueType } = descriptor;
      // The SDK's descriptors say the type too, though their declared type does not.
      const described: MetricData['descriptor'] & Pick<StreamDescriptor, 'type'> = { name, type, description, unit, valueType };
      this.#header = { descriptor: described, aggregationTemporality: this.#temporality };
      this.#described = descriptor;
    }
    return this.#header;
  }
}
