import { resourceFromAttributes } from '@opentelemetry/resources';
import type { IMetricReader, MetricProducer } from '@opentelemetry/sdk-metrics';
import { Arena, createProducer, Observation, serveParts } from '@otel-perf/meter-provider';
import type { PrometheusOptions } from '@otel-perf/metrics';
import type { Problems } from '../problems.ts';
import type { WorkerStart } from './protocol.ts';
import { Room } from './room.ts';

/** The first reader of the provider is that of the process, of which the worker does the serving and pushing. */
const READER_INDEX = 0;

/** What all threads have recorded, for who reads it in this one. */
export class Telemetry {
  readonly #arena: Arena;
  readonly #resource;
  readonly #observeTimeoutMillis: number;
  readonly #room: Room;

  constructor({ arena, resource, observeTimeoutMillis }: WorkerStart, problems: Problems) {
    this.#arena = new Arena(arena);
    this.#room = new Room(this.#arena, problems);
    this.#resource = resourceFromAttributes(resource);
    this.#observeTimeoutMillis = observeTimeoutMillis;
  }

  producer(reader: IMetricReader): MetricProducer {
    const producer = createProducer({
      arena: this.#arena,
      resource: this.#resource,
      reader,
      readerIndex: READER_INDEX,
      observeTimeoutMillis: this.#observeTimeoutMillis,
    });
    return {
      collect: (options) => {
        this.#room.look();
        return producer.collect(options);
      },
    };
  }

  text(options: PrometheusOptions): serveParts.TextSource {
    const source = new serveParts.ArenaText({
      arena: this.#arena,
      resource: this.#resource,
      readerIndex: READER_INDEX,
      text: options,
      observation: new Observation(this.#arena, undefined, this.#observeTimeoutMillis),
    });
    return {
      contentType: (format) => source.contentType(format),
      render: (format, names) => {
        this.#room.look();
        return source.render(format, names);
      },
    };
  }
}
