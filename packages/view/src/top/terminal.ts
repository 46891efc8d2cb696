import { emitKeypressEvents } from 'node:readline';
import type { ReadStream, WriteStream } from 'node:tty';
import type { Key } from './state.ts';

/** The alternate screen, no cursor, no wrapping at the right margin. */
const ENTER = '\x1b[?1049h\x1b[?25l\x1b[?7l';
const LEAVE = '\x1b[m\x1b[?7h\x1b[?25h\x1b[?1049l';
/** Ask the view to end. A key does as well: the terminal sends no SIGINT of its own in raw mode. */
const ENDING = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const;
/** Where a terminal tells no size. */
const COLUMNS = 80;
const ROWS = 24;

export interface TerminalEvents {
  onKey(key: Key): void;
  /** Its size, or what it shows, may be another. */
  onChange(): void;
  /** It is gone, or the process was asked to end. */
  onEnd(): void;
}

/**
 * The terminal while the view has it: raw keys and the alternate screen. `leave` gives everything back; it is done on every way out
 * of the process too, an uncaught error or `process.exit()`, and only once.
 */
export class Terminal {
  readonly #input: ReadStream;
  readonly #output: WriteStream;
  readonly #events: TerminalEvents;
  #isOurs = false;

  constructor(input: ReadStream, output: WriteStream, events: TerminalEvents) {
    this.#input = input;
    this.#output = output;
    this.#events = events;
  }

  get columns(): number {
    return this.#output.columns || COLUMNS;
  }

  get rows(): number {
    return this.#output.rows || ROWS;
  }

  enter(): void {
    this.#isOurs = true;
    process.on('exit', this.#restore);
    for (const signal of ENDING) process.on(signal, this.#events.onEnd);
    process.on('SIGCONT', this.#resume);
    emitKeypressEvents(this.#input);
    this.#input.on('keypress', this.#onKeypress).on('end', this.#events.onEnd).on('error', this.#onGone);
    this.#output.on('resize', this.#events.onChange).on('error', this.#onGone);
    this.#take();
    this.#input.resume();
  }

  write(text: string): void {
    if (text !== '' && this.#isOurs) this.#output.write(text);
  }

  /** The streams are as before, and hold up the process no longer. */
  leave(): void {
    this.#restore();
    process.off('exit', this.#restore);
    for (const signal of ENDING) process.off(signal, this.#events.onEnd);
    process.off('SIGCONT', this.#resume);
    this.#input.off('keypress', this.#onKeypress).off('end', this.#events.onEnd);
    this.#output.off('resize', this.#events.onChange);
    this.#input.pause();
    // Their errors are of no more interest, and would end the process: a closed terminal reports them late.
  }

  #take(): void {
    this.#input.setRawMode(true);
    this.#output.write(ENTER);
  }

  readonly #restore = (): void => {
    if (!this.#isOurs) return;
    this.#isOurs = false;
    try {
      this.#output.write(LEAVE);
      this.#input.setRawMode(false);
    } catch {
      // The terminal is gone.
    }
  };

  /** After a stop, the shell has had the terminal. */
  readonly #resume = (): void => {
    if (!this.#isOurs) return;
    this.#take();
    this.#events.onChange();
  };

  readonly #onKeypress = (_text: string | undefined, key: Key): void => this.#events.onKey(key);

  readonly #onGone = (): void => this.#events.onEnd();
}
