import type { Line } from './line.ts';
import { paintLine } from './paint.ts';

/** What a terminal shows, so that only lines are written that changed. */
export class Screen {
  readonly #hasColour: boolean;
  #shown: string[] = [];
  #isKnown = false;

  constructor(hasColour: boolean) {
    this.#hasColour = hasColour;
  }

  /** What makes the terminal show these lines and no others, '' where it does already. */
  update(lines: readonly Line[]): string {
    const painted = lines.map((line) => paintLine(line, this.#hasColour));
    const known = this.#isKnown ? this.#shown : [];
    const changes = painted.flatMap((text, i) => (text === (known[i] ?? '') ? [] : [`\x1b[${i + 1};1H\x1b[2K${text}`]));
    // The rest of the screen, where there are fewer lines than before.
    const rest = known.length > painted.length ? [`\x1b[${painted.length + 1};1H\x1b[J`] : [];
    const clear = this.#isKnown ? '' : '\x1b[H\x1b[2J';
    this.#shown = painted;
    this.#isKnown = true;
    return clear + changes.join('') + rest.join('');
  }

  /** The terminal may show anything. */
  forget(): void {
    this.#isKnown = false;
  }
}
