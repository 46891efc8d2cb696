import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadStream, WriteStream } from 'node:tty';
import { isFilter } from './filter.ts';
import { frameOf } from './frame.ts';
import type { Link } from './header.ts';
import { extend, type History } from './history.ts';
import type { TopOptions } from './options.ts';
import { Screen } from './screen.ts';
import { failureAfter, now, scrape } from './scraper.ts';
import { afterKey, type Key, type Layout, type State } from './state.ts';
import { Terminal } from './terminal.ts';

/** How often the header's clocks move on. */
const TICK_MILLIS = 1000;

/** The view on a terminal, until somebody ends it. What it throws, it throws with the terminal given back. */
export async function runLive(options: TopOptions, input: ReadStream, output: WriteStream): Promise<void> {
  const live = new Live(options, input, output);
  await live.run();
}

class Live {
  readonly #options: TopOptions;
  readonly #terminal: Terminal;
  readonly #screen: Screen;
  readonly #stop = new AbortController();
  #state: State;
  #link: Link;
  #history: History | undefined;
  #layout: Layout = { scroll: 0, mostScroll: 0, page: 1, starts: [] };

  constructor(options: TopOptions, input: ReadStream, output: WriteStream) {
    this.#options = options;
    this.#screen = new Screen(options.hasColour);
    this.#state = { scroll: 0, sort: 'rate', filter: options.filter, isPaused: false, isHelp: false };
    this.#link = { url: options.shownUrl, everySeconds: options.everySeconds, now: now() };
    this.#terminal = new Terminal(input, output, {
      onKey: (key) => this.#onKey(key),
      onChange: () => {
        this.#screen.forget();
        this.#draw();
      },
      onEnd: () => this.#stop.abort(),
    });
  }

  async run(): Promise<void> {
    const tick = setInterval(() => this.#draw(), TICK_MILLIS);
    try {
      this.#terminal.enter();
      this.#draw();
      await this.#scrapeOnAndOn(this.#stop.signal);
    } finally {
      clearInterval(tick);
      this.#terminal.leave();
    }
  }

  async #scrapeOnAndOn(signal: AbortSignal): Promise<void> {
    const { everySeconds } = this.#options;
    while (!signal.aborted) {
      const begun = now();
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      if (!this.#state.isPaused) await this.#scrape(signal);
      // An answer that took longer than that makes the next scrape wait for its turn.
      const left = everySeconds - ((now() - begun) % everySeconds);
      // oxlint-disable-next-line no-await-in-loop
      await sleep(left * 1e3, undefined, { signal }).catch(() => {});
    }
  }

  async #scrape(signal: AbortSignal): Promise<void> {
    const askedAt = now();
    const { failure, ...link } = this.#link;
    this.#link = { ...this.#link, askedAt };
    let latest;
    try {
      latest = await scrape(this.#options.url, signal);
    } catch (error) {
      this.#link = { ...link, failure: failureAfter(failure, error, askedAt) };
    }
    if (latest !== undefined) {
      this.#history = extend(this.#history, latest);
      this.#link = link;
    }
    if (!signal.aborted) this.#draw();
  }

  #onKey(key: Key): void {
    const next = afterKey(this.#state, key, this.#layout, isFilter);
    if (next === 'quit') return this.#stop.abort();
    this.#state = next;
    this.#draw();
  }

  #draw(): void {
    const { columns, rows } = this.#terminal;
    this.#link = { ...this.#link, now: now() };
    const { lines, layout } = frameOf({ history: this.#history, link: this.#link, state: this.#state, columns, rows });
    this.#layout = layout;
    this.#terminal.write(this.#screen.update(lines));
  }
}
