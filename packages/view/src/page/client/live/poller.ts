import { decodeDocument } from '../../shared/wire.ts';
import type { PageDocument } from '../../shared/document.ts';

const INTERVAL_MILLIS = 2000;
const TIMEOUT_MILLIS = 10_000;

export interface PollerEvents {
  onDocument(document: PageDocument): void;
  /** Told at each try that fails. */
  onLost(reason: string): void;
}

/** Asks for the picture every two seconds, never twice at once, and not while nobody can see the page. */
export class Poller {
  readonly #path: string;
  readonly #events: PollerEvents;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isAsking = false;

  constructor(path: string, events: PollerEvents) {
    this.#path = path;
    this.#events = events;
  }

  start(): void {
    document.addEventListener('visibilitychange', () => this.#next(0));
    this.#next(0);
  }

  #next(millis: number): void {
    clearTimeout(this.#timer);
    if (document.hidden || this.#isAsking) return;
    this.#timer = setTimeout(() => void this.#ask(), millis);
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    let document: PageDocument | undefined;
    try {
      document = await this.#fetch();
    } catch (error) {
      this.#events.onLost(error instanceof Error ? error.message : String(error));
    }
    this.#isAsking = false;
    this.#next(INTERVAL_MILLIS);
    if (document !== undefined) this.#events.onDocument(document);
  }

  async #fetch(): Promise<PageDocument> {
    const signal = AbortSignal.timeout(TIMEOUT_MILLIS);
    const answer = await fetch(this.#path, { cache: 'no-store', credentials: 'same-origin', redirect: 'error', signal });
    if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
    return decodeDocument(await answer.text());
  }
}
