import type { Writable } from 'node:stream';
import { Page } from '../encode/page.ts';
import type { Output } from './output.ts';

const PAGE_BYTES = 65_536;

/** Writes to a stream that belongs to someone else: listens only while the export runs, and never ends it. */
export class StreamOutput implements Output {
  readonly #stream: Writable;
  readonly #signal: AbortSignal | undefined;
  readonly #reuse: boolean;
  #page = new Page(PAGE_BYTES);
  #spare: Page | undefined;
  #failure: { readonly error: unknown } | undefined;
  #reject: ((error: unknown) => void) | undefined;
  #drained: (() => void) | undefined;

  constructor(stream: Writable, signal: AbortSignal | undefined, reuse: boolean) {
    this.#stream = stream;
    this.#signal = signal;
    this.#reuse = reuse;
    stream.on('error', this.#fail);
    stream.on('close', this.#closed);
    stream.on('drain', this.#onDrain);
    signal?.addEventListener('abort', this.#aborted);
  }

  page(): Page {
    return this.#page;
  }

  write(bytes: Uint8Array): Promise<void> {
    const used = this.#page;
    this.#page = this.#spare ?? new Page(PAGE_BYTES);
    this.#spare = this.#reuse ? used : undefined;
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      this.#check();
      const hasRoom = this.#stream.write(bytes, (error) => (error ? this.#refused(error) : resolve()));
      if (!this.#reuse) this.#goOnWithoutCallback(hasRoom, resolve);
    });
  }

  /** Responses that a middleware has wrapped, such as Express' `compression`, drop the callback: there, room for more is the sign to go on. */
  #goOnWithoutCallback(hasRoom: boolean, resolve: () => void): void {
    if (!hasRoom) this.#drained = resolve;
    else {
      setImmediate(() => {
        const { writableLength, errored } = this.#stream;
        // An error that is still to be emitted must find a listener.
        if (writableLength === 0 && !errored) resolve();
      });
    }
  }

  async commit(): Promise<void> {
    this.#check();
    this.#release();
  }

  async abort(): Promise<void> {
    this.#release();
  }

  /** A stream that is past writing would keep the bytes and never call back. */
  #check(): void {
    const { errored, destroyed, writableEnded } = this.#stream;
    if (this.#failure !== undefined) throw this.#failure.error;
    if (errored) throw errored;
    if (destroyed || writableEnded) throw closedEarly(destroyed ? 'destroyed' : 'ended');
  }

  /** The error is also emitted, if not by now, and it must find a listener. Only a stream that was destroyed without one emits none. */
  #refused(error: Error): void {
    if (this.#stream.destroyed && !this.#stream.errored) this.#fail(error);
  }

  readonly #fail = (error: unknown): void => {
    this.#failure ??= { error };
    this.#reject?.(error);
  };

  readonly #onDrain = (): void => this.#drained?.();

  readonly #closed = (): void => this.#fail(closedEarly('closed'));

  readonly #aborted = (): void => this.#fail(this.#signal!.reason);

  #release(): void {
    this.#stream.off('error', this.#fail);
    this.#stream.off('close', this.#closed);
    this.#stream.off('drain', this.#onDrain);
    this.#signal?.removeEventListener('abort', this.#aborted);
  }
}

function closedEarly(state: string): Error {
  return Object.assign(new Error(`cannot export to a stream that is ${state}`), { code: 'ERR_STREAM_PREMATURE_CLOSE' });
}
