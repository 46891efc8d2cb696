import { setImmediate } from 'node:timers/promises';
import { diag } from '@opentelemetry/api';
import type { MetricReader, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { CALLBACK_TIMEOUT_MILLIS } from './options.ts';
import type { PrometheusTextSerializer } from './serializer.ts';

/** Serialising lets other work run after so long; handing the slice to the sockets then takes about as long again. */
const SLICE_MILLIS = 2;

/** What a scrape needs of a reader: any reader will do, and one that has a time limit for callbacks keeps it. */
export interface ScrapedReader extends Pick<MetricReader, 'collect'> {
  readonly collectTimeoutMillis?: number;
}

/**
 * One collection and its text, for any number of responses. The text is kept until all of them have it, so that each can be read at
 * its client's pace without holding up the others; it is produced only as long as at least one response wants it.
 */
export class Scrape {
  /** Settles when the first bytes are there, or all of them if there are none; rejects if nothing can be served. */
  readonly ready: Promise<void>;
  readonly #chunks: Buffer[] = [];
  #readers = 0;
  #isDone = false;
  #failure: unknown;
  #news = Promise.withResolvers<void>();

  /** @param onDone called once, when the text is complete, has failed or is no longer wanted; nobody should join after that. */
  constructor(reader: ScrapedReader, serializer: PrometheusTextSerializer, onDone: () => void) {
    void this.#start(reader, serializer, onDone);
    this.ready = this.#firstNews();
    this.ready.catch(() => {});
  }

  join(): void {
    this.#readers += 1;
  }

  leave(): void {
    this.#readers -= 1;
  }

  /** The text from its beginning. */
  async *read(): AsyncGenerator<Buffer, void, undefined> {
    for (let i = 0; ; ) {
      while (i < this.#chunks.length) yield this.#chunks[i++]!;
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#isDone) return;
      await this.#news.promise;
    }
  }

  async #firstNews(): Promise<void> {
    await this.#news.promise;
    if (this.#chunks.length === 0 && this.#failure !== undefined) throw this.#failure;
  }

  async #start(reader: ScrapedReader, serializer: PrometheusTextSerializer, onDone: () => void): Promise<void> {
    try {
      await this.#run(reader, serializer);
    } catch (error) {
      this.#failure = error ?? new Error('metrics collection failed');
    }
    this.#isDone = true;
    onDone();
    this.#announce();
  }

  async #run(reader: ScrapedReader, serializer: PrometheusTextSerializer): Promise<void> {
    const resourceMetrics = await collect(reader);
    // Collecting is one unbroken piece of work: do not add to it.
    await setImmediate();
    let sliceStart = performance.now();
    for (const chunk of serializer.chunks(resourceMetrics)) {
      if (chunk !== '') {
        this.#chunks.push(Buffer.from(chunk));
        this.#announce();
      }
      if (performance.now() - sliceStart < SLICE_MILLIS) continue;
      await setImmediate();
      if (this.#readers === 0) return;
      sliceStart = performance.now();
    }
  }

  #announce(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}

/** What could be collected; throws if that is nothing and there are errors. */
async function collect(reader: ScrapedReader): Promise<ResourceMetrics> {
  const { resourceMetrics, errors } = await reader.collect({
    timeoutMillis: reader.collectTimeoutMillis ?? CALLBACK_TIMEOUT_MILLIS,
  });
  if (errors.length > 0) {
    if (!resourceMetrics.scopeMetrics.some((scope) => scope.metrics.length > 0)) {
      throw new AggregateError(errors, 'every metric failed to be collected');
    }
    diag.error('Prometheus scrape: some metrics could not be collected', ...errors);
  }
  return resourceMetrics;
}
