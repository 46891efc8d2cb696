/** The source threw. */
export class SourceFailure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

const DONE = { done: true, value: undefined } as const;

export type Pulled<In> = IteratorResult<In, unknown> | SourceFailure;

/** A source of items of either kind, which never throws nor rejects but says so. */
export class SourceIterator<In> {
  readonly #source: Iterable<In> | AsyncIterable<In>;
  #iterator: Iterator<In> | AsyncIterator<In> | undefined;
  #isAsync = false;

  /** @throws TypeError for what is not iterable. */
  constructor(source: Iterable<In> | AsyncIterable<In>) {
    const { [Symbol.iterator]: sync, [Symbol.asyncIterator]: async } = (source ?? {}) as Partial<Iterable<In> & AsyncIterable<In>>;
    if (typeof sync !== 'function' && typeof async !== 'function') throw new TypeError('source must be iterable, or iterable by for await');
    this.#source = source;
  }

  /** At once where the source is not asynchronous. */
  next(): Pulled<In> | Promise<Pulled<In>> {
    try {
      const result = (this.#iterator ??= this.#open()).next();
      return this.#isAsync ? Promise.resolve(result).then(checkResult, toFailure) : checkResult(result as IteratorResult<In>);
    } catch (error) {
      return toFailure(error);
    }
  }

  /** Lets the source clean up. Rejects with what it throws. */
  async return(): Promise<void> {
    await this.#iterator?.return?.();
  }

  #open(): Iterator<In> | AsyncIterator<In> {
    if (Symbol.asyncIterator in this.#source) {
      this.#isAsync = true;
      return this.#source[Symbol.asyncIterator]();
    }
    return this.#source[Symbol.iterator]();
  }
}

function toFailure(error: unknown): SourceFailure {
  return new SourceFailure(error);
}

function checkResult<In>(result: IteratorResult<In>): Pulled<In> {
  if (typeof result !== 'object' || result === null)
    return toFailure(new TypeError(`the source gave ${String(result)} in place of an iterator result`));
  try {
    // Read here, where what getters throw is the source's failure.
    return result.done ? DONE : { done: false, value: result.value };
  } catch (error) {
    return toFailure(error);
  }
}
