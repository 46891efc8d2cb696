import { setImmediate } from 'node:timers/promises';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { IMetricReader, MetricProducer } from '@opentelemetry/sdk-metrics';
import { Arena, Catalogue, createProducer, Observation, TextPages } from '@otel-perf/meter-provider';
import type { PrometheusOptions, prometheusParts } from '@otel-perf/metrics';
import type { Problems } from '../problems.ts';
import type { WorkerStart } from './protocol.ts';
import { Room } from './room.ts';
import type { TextSource } from './text-handler.ts';

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

  text(options: PrometheusOptions): TextSource {
    const catalogue = new Catalogue(this.#arena);
    const observation = new Observation(this.#arena, undefined, this.#observeTimeoutMillis);
    const pages = new Map<prometheusParts.TextFormat, TextPages>();
    // Few clients take the second.
    const pagesFor = (format: prometheusParts.TextFormat): TextPages => {
      let known = pages.get(format);
      if (known === undefined) {
        known = new TextPages(catalogue, { ...options, format, resource: this.#resource, readerIndex: READER_INDEX });
        pages.set(format, known);
      }
      return known;
    };
    return {
      contentType: (format) => pagesFor(format).contentType,
      render: (format, names) => {
        this.#room.look();
        const rendering = pagesFor(format).chunks(names);
        const observe = async (): Promise<void> => {
          catalogue.refresh();
          await observation.run(catalogue.observing);
        };
        return { chunks: paced(rendering, observe), release: () => rendering.release() };
      },
    };
  }
}

/** Each chunk is a piece of work after which others have their turn. An empty one is nothing to send. */
async function* paced(chunks: Iterable<Uint8Array>, before: () => Promise<void>): AsyncGenerator<Uint8Array, void, undefined> {
  await before();
  for (const chunk of chunks) {
    if (chunk.length > 0) yield chunk;
    // oxlint-disable-next-line no-await-in-loop -- that is the pace
    await setImmediate();
  }
}
