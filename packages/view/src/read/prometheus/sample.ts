/** A line of values, as text format 0.0.4 and OpenMetrics 1.0 write it; Prometheus 3's quoted names are read too. */
export interface Sample {
  readonly name: string;
  /** In the order of the line. One with an empty value is none, and is left out. */
  readonly labels: readonly (readonly [name: string, value: string])[];
  readonly value: number;
  /** As it is written: milliseconds in 0.0.4, seconds in OpenMetrics. */
  readonly timestamp?: number;
}

const SPACE = /[ \t]*/y;
const METRIC_NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL_NAME = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const QUOTED = /"((?:[^"\\]|\\.)*)"/y;
const WORD = /[^ \t]+/y;
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const NOT_FINITE = /^([+-]?)(?:inf|infinity)$/i;

/** @throws SyntaxError with the reason. */
export function parseSample(line: string): Sample {
  return new SampleParser(line).sample();
}

/** The text between quotes. What follows a backslash is itself, but for `n`. */
export function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\([\\"n])/g, (_, character: string) => (character === 'n' ? '\n' : character)) : text;
}

class SampleParser {
  readonly #line: string;
  #at = 0;

  constructor(line: string) {
    this.#line = line;
  }

  sample(): Sample {
    this.#read(SPACE);
    let name = this.#read(METRIC_NAME);
    this.#read(SPACE);
    const labels: [string, string][] = [];
    if (this.#takes('{')) {
      for (;;) {
        this.#read(SPACE);
        if (this.#takes('}')) break;
        const quoted = this.#line[this.#at] === '"';
        const label = quoted ? this.#quoted() : this.#read(LABEL_NAME);
        if (label === undefined) throw new SyntaxError('a label has no name');
        this.#read(SPACE);
        if (this.#takes('=')) {
          this.#read(SPACE);
          const value = this.#quoted();
          if (value !== '') labels.push([label, value]);
        } else if (quoted && name === undefined) name = label;
        else throw new SyntaxError(`no = behind the label ${label}`);
        this.#read(SPACE);
        if (!this.#takes(',') && this.#line[this.#at] !== '}') throw new SyntaxError('the labels are not closed');
      }
    }
    if (name === undefined) throw new SyntaxError('no name of a metric');
    return { name, labels, ...this.#values() };
  }

  #values(): Pick<Sample, 'value' | 'timestamp'> {
    this.#read(SPACE);
    const value = numberOf(this.#read(WORD));
    this.#read(SPACE);
    const rest = this.#read(WORD);
    // What follows a hash is an exemplar of OpenMetrics.
    if (rest === undefined || rest === '#') return { value };
    const timestamp = numberOf(rest);
    this.#read(SPACE);
    const last = this.#read(WORD);
    if (last !== undefined && last !== '#') throw new SyntaxError(`${JSON.stringify(last)} behind the timestamp`);
    return { value, timestamp };
  }

  #quoted(): string {
    const text = this.#read(QUOTED);
    if (text === undefined) throw new SyntaxError('a text in quotes is missing or not closed');
    return unescaped(text.slice(1, -1));
  }

  #takes(character: string): boolean {
    if (this.#line[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #read(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#line)?.[0];
    if (found !== undefined) this.#at = pattern.lastIndex;
    return found;
  }
}

function numberOf(word: string | undefined): number {
  if (word === undefined) throw new SyntaxError('no value');
  if (DECIMAL.test(word)) return Number(word);
  if (/^[+-]?nan$/i.test(word)) return NaN;
  const infinite = NOT_FINITE.exec(word);
  if (infinite === null) throw new SyntaxError(`${JSON.stringify(word)} is not a number`);
  return infinite[1] === '-' ? -Infinity : Infinity;
}
