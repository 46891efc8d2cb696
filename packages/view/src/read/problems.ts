const KEPT = 100;

/** What could not be read, in words. The first hundred are kept, the rest is counted. */
export class Problems {
  readonly #kept: string[] = [];
  #more = 0;

  add(problem: string): void {
    if (this.#kept.length < KEPT) this.#kept.push(problem);
    else this.#more++;
  }

  /** `line` counts from 1. */
  addAt(line: number, reason: string): void {
    this.add(`line ${line}: ${reason}`);
  }

  list(): string[] {
    return this.#more === 0 ? [...this.#kept] : [...this.#kept, `and ${this.#more} more`];
  }
}
