import { setImmediate, setTimeout } from 'node:timers/promises';
import { diag } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { PrometheusOptions } from '@otel-perf/metrics';
import * as prometheusParts from '@otel-perf/metrics/prometheus-parts';
import { Catalogue } from '../memory/catalogue.ts';
import type { Arena } from '../memory/arena.ts';
import type { Observation } from '../read/observation.ts';
import { contentTypeOf, TextPages } from '../text/pages.ts';
import type { Rendering } from '../text/rendering.ts';
import type { ChunkedText } from './shared-text.ts';
import type { TextSource } from './text-handler.ts';

const TIMEOUT = prometheusParts.CALLBACK_TIMEOUT_MILLIS;

export interface ArenaTextParts {
  readonly arena: Arena;
  readonly resource: Pick<Resource, 'attributes'> & Partial<Pick<Resource, 'waitForAsyncAttributes'>>;
  /** The reader's place in the provider's options. Default none: what is for all. */
  readonly readerIndex?: number;
  readonly text: PrometheusOptions;
  readonly observation: Observation;
}

/** The text of all that is recorded in an arena, observables asked for first. After each chunk others have their turn. */
export class ArenaText implements TextSource {
  readonly #parts: ArenaTextParts;
  readonly #catalogue: Catalogue;
  /** Few clients take the second. */
  readonly #pages = new Map<prometheusParts.TextFormat, TextPages>();

  constructor(parts: ArenaTextParts) {
    this.#parts = parts;
    this.#catalogue = new Catalogue(parts.arena);
  }

  contentType(format: prometheusParts.TextFormat): string {
    return contentTypeOf(format);
  }

  render(format: prometheusParts.TextFormat, names: ReadonlySet<string> | undefined): ChunkedText {
    let rendering: Rendering | undefined;
    const begin = async (): Promise<Rendering> => {
      await this.#observe();
      rendering = this.#pagesOf(format).chunks(names);
      return rendering;
    };
    return { chunks: paced(begin), release: () => rendering?.release() };
  }

  async #observe(): Promise<void> {
    const { resource, observation } = this.#parts;
    await Promise.race([resource.waitForAsyncAttributes?.(), setTimeout(TIMEOUT, undefined, { ref: false })]);
    // oxlint-disable-next-line no-await-in-loop -- that is the pace
    for (const _ of this.#catalogue.refreshing()) await setImmediate();
    const errors = await observation.run(this.#catalogue.observing, TIMEOUT);
    if (errors.length > 0) diag.error('Prometheus scrape: callbacks of observable instruments failed', ...errors);
  }

  #pagesOf(format: prometheusParts.TextFormat): TextPages {
    let known = this.#pages.get(format);
    if (known === undefined) {
      const { resource, readerIndex, text } = this.#parts;
      known = new TextPages(this.#catalogue, { ...text, format, resource, ...(readerIndex === undefined ? {} : { readerIndex }) });
      this.#pages.set(format, known);
    }
    return known;
  }
}

/** An empty chunk is nothing to send. */
async function* paced(begin: () => Promise<Iterable<Uint8Array>>): AsyncGenerator<Uint8Array, void, undefined> {
  for (const chunk of await begin()) {
    if (chunk.length > 0) yield chunk;
    // oxlint-disable-next-line no-await-in-loop -- that is the pace
    await setImmediate();
  }
}
