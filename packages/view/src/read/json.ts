import { ContentError, type Content, type ContentReader } from './content-reader.ts';
import { Gathering } from './gathering.ts';
import { JsonElements } from './json-elements.ts';
import { LineSplitter } from './line-splitter.ts';
import { Problems } from './problems.ts';
import { rowOfJson } from './row.ts';

/** Our JSON: an array of events or of a reader's data points. */
export class JsonReader implements ContentReader {
  readonly #rows = new JsonRows();
  readonly #elements = new JsonElements((text, line) => this.#rows.add(text, line));

  take(text: string): void {
    this.#elements.take(text);
  }

  end(): Content {
    if (!this.#elements.isOver) this.#rows.problems.add('the array is not closed: the file was cut off');
    return this.#rows.content();
  }
}

/** The same rows, one a line. */
export class NdjsonReader implements ContentReader {
  readonly #rows = new JsonRows();
  readonly #lines = new LineSplitter((text, line) => {
    if (text.trim() !== '') this.#rows.add(text, line);
  });

  take(text: string): void {
    this.#lines.take(text);
  }

  end(): Content {
    this.#lines.end();
    return this.#rows.content();
  }
}

class JsonRows {
  readonly problems = new Problems();
  readonly #gathering = new Gathering(this.problems);
  #taken = 0;
  #refusal: string | undefined;

  add(text: string, line: number): void {
    const row = parsed(text);
    if (typeof row === 'string') {
      this.#refusal ??= `line ${line}: ${row}`;
      this.problems.addAt(line, row);
      return;
    }
    this.#taken++;
    this.#gathering.add(row, line);
  }

  content(): Content {
    if (this.#taken === 0 && this.#refusal !== undefined)
      throw new ContentError(`no event or data point of otel-perf is in it: ${this.#refusal}`);
    return this.#gathering.content();
  }
}

function parsed(text: string): ReturnType<typeof rowOfJson> {
  try {
    return rowOfJson(JSON.parse(text.trim()));
  } catch (error) {
    return (error as Error).message;
  }
}
