/** A text to be: the chunks stay as they are until `release`, which ends it too. */
export interface ChunkedText {
  readonly chunks: AsyncIterable<Uint8Array>;
  release(): void;
}

/** For one reader, who need not release it. */
export async function* wholeText({ chunks, release }: ChunkedText): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* chunks;
  } finally {
    release();
  }
}

/**
 * A text that is produced once for any number of readers, each of which reads it at its own pace, from its beginning. It is kept until all
 * have it, and produced only as long as somebody wants it.
 */
export class SharedText {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #release: () => void;
  readonly #chunks: Uint8Array[] = [];
  readonly #onDone: () => void;
  #readers = 0;
  #isDone = false;
  #failure: { readonly error: unknown } | undefined;
  #news = Promise.withResolvers<void>();

  /**
   * @param onDone called once, when the text is complete, has failed or is no longer wanted: nobody should join after that.
   */
  constructor({ chunks, release }: ChunkedText, onDone: () => void) {
    this.#source = chunks[Symbol.asyncIterator]();
    this.#release = release;
    this.#onDone = onDone;
    void this.#produce();
  }

  join(): void {
    this.#readers++;
  }

  /** To be called by each that has joined, when it has all or wants no more. */
  leave(): void {
    this.#readers--;
    this.#releaseUnused();
  }

  /** @throws what producing it throws, after what there was before. */
  async *read(): AsyncGenerator<Uint8Array, void, undefined> {
    for (let i = 0; ; ) {
      while (i < this.#chunks.length) yield this.#chunks[i++]!;
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#isDone) return;
      // oxlint-disable-next-line no-await-in-loop -- until there is more
      await this.#news.promise;
    }
  }

  async #produce(): Promise<void> {
    try {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      for (let next = await this.#source.next(); next.done !== true; next = await this.#source.next()) {
        this.#chunks.push(next.value);
        this.#announce();
        if (this.#readers > 0) continue;
        // oxlint-disable-next-line no-await-in-loop -- the last
        await this.#source.return?.();
        break;
      }
    } catch (error) {
      this.#failure = { error };
    }
    this.#isDone = true;
    this.#onDone();
    this.#announce();
    this.#releaseUnused();
  }

  #releaseUnused(): void {
    if (!this.#isDone || this.#readers > 0) return;
    this.#chunks.length = 0;
    this.#release();
  }

  #announce(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}
