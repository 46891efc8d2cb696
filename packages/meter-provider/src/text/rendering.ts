import type { FamilyText } from './family/family-text.ts';
import type { Page } from './page/page.ts';
import type { HeldBytes } from './page/page-text.ts';
import type { PlannedFamily } from './plan.ts';

/** What is smaller goes into a chunk with others, as a copy. */
const OWN_CHUNK = 8_192;
const SHARED_CHUNK = 32_768;
/** New series whose labels are rendered in one step. */
const NEW_SERIES = 32;
const NOTHING_YET = new Uint8Array(0);

export interface RenderingOptions {
  /** Asked for with the first chunk. Yields where it may pause. */
  readonly families: () => Generator<undefined, readonly PlannedFamily[], undefined>;
  /** What follows each value. */
  readonly stamp: string;
  /** What follows everything. `isEmpty`: no series was written but that of the resource. */
  readonly end: (isEmpty: boolean) => string;
  readonly seriesPerPage: number;
}

/**
 * One text, chunk by chunk. Every chunk is a piece of work that is done when it is asked for, so that the caller can let other work run in
 * between. A chunk may be empty: nothing to send, but a place to pause.
 *
 * Chunks are what they are: their bytes never change. A page that a rendering has given out is copied before it is changed again, which
 * {@link release} saves: call it when nobody needs the chunks any more, those in the queue of a socket included.
 */
export class Rendering implements IterableIterator<Uint8Array> {
  readonly #options: RenderingOptions;
  readonly #chunks: Generator<Uint8Array, void, undefined>;
  readonly #leased: HeldBytes[] = [];
  #shared = Buffer.alloc(0);
  #filled = 0;
  /** Since the last chunk. */
  #newSeries = 0;
  #updatedSeries = 0;

  constructor(options: RenderingOptions) {
    this.#options = options;
    this.#chunks = this.#render();
  }

  next(): IteratorResult<Uint8Array, void> {
    return this.#chunks.next();
  }

  /** Ends it before its time. Does not release. */
  return(): IteratorResult<Uint8Array, void> {
    return this.#chunks.return();
  }

  [Symbol.iterator](): this {
    return this;
  }

  /** Says that its chunks are not needed any more, and ends it. To be called as often as one likes. */
  release(): void {
    this.#chunks.return();
    for (const held of this.#leased) held.leases--;
    this.#leased.length = 0;
  }

  *#render(): Generator<Uint8Array, void, undefined> {
    const { stamp, end, seriesPerPage } = this.#options;
    let isEmpty = true;
    for (const { text, help, unit, isTargetInfo } of yield* this.#plan()) {
      yield* this.#takeNewSeries(text);
      isEmpty &&= isTargetInfo && text.size === 1;
      yield* this.#share(text.header(help, unit));
      for (const page of text.pages()) {
        const held = yield* this.#update(page, stamp);
        this.#updatedSeries += page.size;
        if (held.bytes.length < OWN_CHUNK) yield* this.#share(held.bytes);
        else yield* this.#lease(held);
        if (this.#updatedSeries >= seriesPerPage) yield this.#chunk(NOTHING_YET);
      }
    }
    yield* this.#share(Buffer.from(end(isEmpty)));
    yield* this.#flush();
  }

  *#plan(): Generator<Uint8Array, readonly PlannedFamily[], undefined> {
    const planning = this.#options.families();
    for (;;) {
      const step = planning.next();
      if (step.done === true) return step.value;
      yield this.#chunk(NOTHING_YET);
    }
  }

  /** All of a family, before the first of its lines is written: they may come to the same labels. */
  *#takeNewSeries(text: FamilyText): Generator<Uint8Array, void, undefined> {
    for (;;) {
      const wanted = NEW_SERIES - this.#newSeries;
      const taken = text.take(wanted);
      this.#newSeries += taken;
      if (taken < wanted) return;
      yield this.#chunk(NOTHING_YET);
    }
  }

  *#update(page: Page, stamp: string): Generator<Uint8Array, HeldBytes, undefined> {
    for (;;) {
      const held = page.update(stamp);
      if (held !== undefined) return held;
      yield this.#chunk(NOTHING_YET);
    }
  }

  *#lease(held: HeldBytes): Generator<Uint8Array, void, undefined> {
    // Before any pause, in which another rendering may want to change the page.
    held.leases++;
    this.#leased.push(held);
    yield* this.#flush();
    yield this.#chunk(held.bytes);
  }

  *#share(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
    const full = this.#filled + bytes.length > this.#shared.length ? this.#shared.subarray(0, this.#filled) : undefined;
    if (full !== undefined) {
      this.#shared = Buffer.allocUnsafeSlow(Math.max(SHARED_CHUNK, bytes.length));
      this.#filled = 0;
    }
    this.#shared.set(bytes, this.#filled);
    this.#filled += bytes.length;
    if (full !== undefined && full.length > 0) yield this.#chunk(full);
  }

  *#flush(): Generator<Uint8Array, void, undefined> {
    if (this.#filled === 0) return;
    const chunk = this.#shared.subarray(0, this.#filled);
    this.#shared = this.#shared.subarray(this.#filled);
    this.#filled = 0;
    yield this.#chunk(chunk);
  }

  #chunk(bytes: Uint8Array): Uint8Array {
    this.#newSeries = 0;
    this.#updatedSeries = 0;
    return bytes;
  }
}
