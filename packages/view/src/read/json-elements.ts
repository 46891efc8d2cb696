import { ContentError } from './content-reader.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const LINE_FEED = 0x0a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const LONGEST_ELEMENT = 16 * 2 ** 20;

/**
 * Cuts the pieces of a JSON array into its elements, whatever its white space, so that an array of any length is read in the memory
 * of one element. Looks at brackets and strings alone: whether an element is JSON is up to whoever parses it.
 */
export class JsonElements {
  readonly #onElement: (text: string, line: number) => void;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** What came of the current element before this piece. */
  #rest = '';
  #line = 1;
  /** Line on which the current element began; 0 before its first character. */
  #startLine = 0;
  #isOver = false;

  constructor(onElement: (text: string, line: number) => void) {
    this.#onElement = onElement;
  }

  /** Whether the array was closed. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** @throws ContentError for an element above 16 Mi characters, and for text behind the array. */
  take(piece: string): void {
    let from = 0;
    for (let i = 0; i < piece.length; i++) {
      const code = piece.charCodeAt(i);
      if (code === LINE_FEED) this.#line++;
      if (this.#inString) this.#stepInString(code);
      else if (code === QUOTE) this.#inString = true;
      else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
        this.#depth++;
        if (this.#depth === 1) from = i + 1;
      } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
        this.#depth--;
        if (this.#depth === 0) {
          this.#cut(piece.slice(from, i));
          this.#isOver = true;
          from = i + 1;
        }
      } else if (code === COMMA && this.#depth === 1) {
        this.#cut(piece.slice(from, i));
        from = i + 1;
      }
      if (code > 0x20) this.#begin(code);
    }
    this.#rest += piece.slice(from);
    if (this.#rest.length > LONGEST_ELEMENT) throw new ContentError(`an element is longer than ${LONGEST_ELEMENT} characters`);
  }

  #stepInString(code: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (code === BACKSLASH) this.#escaped = true;
    else if (code === QUOTE) this.#inString = false;
  }

  #begin(code: number): void {
    if (this.#isOver && code !== CLOSE_BRACKET) throw new ContentError(`line ${this.#line}: text behind the end of the array`);
    if (this.#startLine === 0 && this.#depth > 1) this.#startLine = this.#line;
  }

  #cut(last: string): void {
    const text = this.#rest + last;
    this.#rest = '';
    if (text.trim() !== '') this.#onElement(text, this.#startLine === 0 ? this.#line : this.#startLine);
    this.#startLine = 0;
  }
}
