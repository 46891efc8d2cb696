/**
 * Which series of a family there are already, by `SeriesLabels.id`. Keeps a hash of each id in place of the text, which would be as large as
 * the lines of a counter.
 */
export class SeriesIds<T> {
  readonly #idOf: (series: T) => string;
  readonly #known = new Map<number, T>();

  /** @param idOf makes the id out again, for the few that have the hash of another. */
  constructor(idOf: (series: T) => string) {
    this.#idOf = idOf;
  }

  /** `false` where there is one of this id. */
  add(id: string, series: T): boolean {
    let key = hash(id);
    for (let known = this.#known.get(key); known !== undefined; known = this.#known.get(key)) {
      if (this.#idOf(known) === id) return false;
      key = (key + 1) | 0;
    }
    this.#known.set(key, series);
    return true;
  }
}

/** FNV-1a over UTF-16 code units, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5 | 0;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value;
}
