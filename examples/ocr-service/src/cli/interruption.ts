import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** What comes sooner is the same Ctrl+C: the terminal sends it to all processes, and npm passes it on besides. */
const SAME_MILLIS = 1000;

/** Ctrl+C, or somebody who wants this process to end. A second one ends it at once. */
export class Interruption {
  readonly #controller = new AbortController();
  #first: { readonly status: number; readonly at: number } | undefined;

  constructor() {
    for (const name of SIGNALS) process.on(name, this.#interrupt);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What the process has to end with; `undefined` until it is interrupted. */
  get status(): number | undefined {
    return this.#first?.status;
  }

  /** Resolves when it is interrupted. */
  wait(): Promise<void> {
    if (this.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => this.signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  readonly #interrupt = (name: NodeJS.Signals): void => {
    const now = performance.now();
    if (this.#first === undefined) {
      this.#first = { status: 128 + constants.signals[name], at: now };
      this.#controller.abort(new DOMException(`interrupted by ${name}`, 'AbortError'));
    } else if (now - this.#first.at >= SAME_MILLIS) {
      for (const each of SIGNALS) process.off(each, this.#interrupt);
      process.kill(process.pid, name);
    }
  };
}
