import { ContentError } from './content-reader.ts';

const LONGEST_LINE = 16 * 2 ** 20;

/** Cuts pieces of text into lines, which may end in LF or CRLF; the last may end in neither. */
export class LineSplitter {
  readonly #onLine: (line: string, number: number) => void;
  #rest = '';
  #number = 0;

  /** `number` counts from 1. */
  constructor(onLine: (line: string, number: number) => void) {
    this.#onLine = onLine;
  }

  /** @throws ContentError for a line above 16 Mi characters, which nothing writes that is read here. */
  take(piece: string): void {
    let from = 0;
    for (let end = piece.indexOf('\n'); end !== -1; end = piece.indexOf('\n', from)) {
      this.#line(this.#rest + piece.slice(from, end));
      this.#rest = '';
      from = end + 1;
    }
    this.#rest += piece.slice(from);
    if (this.#rest.length > LONGEST_LINE) throw new ContentError(`line ${this.#number + 1} is longer than ${LONGEST_LINE} characters`);
  }

  end(): void {
    if (this.#rest !== '') this.#line(this.#rest);
    this.#rest = '';
  }

  #line(text: string): void {
    this.#number++;
    this.#onLine(text.endsWith('\r') ? text.slice(0, -1) : text, this.#number);
  }
}
