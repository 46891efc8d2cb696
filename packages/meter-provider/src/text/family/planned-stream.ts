import type * as prometheusParts from '@otel-perf/metrics/prometheus-parts';
import type { Arena } from '../../memory/arena.ts';
import type { CatalogueStream } from '../../memory/catalogue.ts';
import { isMonotonic, isObservable, type StreamDescriptor } from '../../model/stream.ts';
import { streamValues, type StreamValues } from './stream-values.ts';

/** A stream that is written while it has something to show. */
export class PlannedStream {
  readonly stream: CatalogueStream;
  readonly values: StreamValues;
  #descriptor: StreamDescriptor;
  #isPresent = false;
  /** The series that had a value when it was last looked for. */
  #first = 0;

  constructor(arena: Arena, stream: CatalogueStream) {
    this.stream = stream;
    this.values = streamValues(arena, stream.descriptor);
    this.#descriptor = stream.descriptor;
  }

  /** What its name comes from. */
  get kind(): prometheusParts.MetricKind {
    const { descriptor } = this.stream;
    return { dataPointType: this.values.dataPointType, isMonotonic: isMonotonic(descriptor.type), descriptor };
  }

  /** Whether any series had a value at the last look. */
  get isPresent(): boolean {
    return this.#isPresent;
  }

  /** Looks again. `true` where it is not what it was: what is shown of it, besides values, has changed. */
  look(): boolean {
    const { descriptor } = this.stream;
    const isPresent = this.#findPresent();
    const isChanged = isPresent !== this.#isPresent || descriptor !== this.#descriptor;
    this.#isPresent = isPresent;
    this.#descriptor = descriptor;
    return isChanged;
  }

  #findPresent(): boolean {
    const { series, descriptor } = this.stream;
    // Only what is observed can lose its value again.
    if (this.#isPresent && !isObservable(descriptor.type)) return true;
    for (let i = 0; i < series.length; i++) {
      const at = (this.#first + i) % series.length;
      if (this.values.source.read(series[at]!) === undefined) continue;
      this.#first = at;
      return true;
    }
    return false;
  }
}
