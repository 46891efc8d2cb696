/** How often the rate of items is looked at. */
const WINDOW_MILLIS = 100;

/**
 * Chooses the items whose times go into the metrics: all of them up to a rate, beyond it about so many a second. The gaps between chosen
 * ones are random, so that no place in a batch or a burst comes up more often than another.
 */
export class ItemSampler {
  readonly #perMillis: number;
  readonly #mostPerWindow: number;
  /** Mean gap, in items: from the rate of the window before. */
  #stride = 1;
  /** Items until one is chosen, that one included. */
  #left = 1;
  #startedAt = -Infinity;
  #seen = 0;
  #chosen = 0;

  constructor(perSecond: number) {
    this.#perMillis = perSecond / 1e3;
    this.#mostPerWindow = Math.max(1, this.#perMillis * WINDOW_MILLIS);
  }

  /** Asked once for each item. `now` is in milliseconds. */
  chooses(now: number): boolean {
    if (now - this.#startedAt >= WINDOW_MILLIS || this.#chosen >= this.#mostPerWindow) this.#turn(now);
    this.#seen++;
    if (--this.#left > 0) return false;
    this.#chosen++;
    this.#left = this.#gap();
    return true;
  }

  #turn(now: number): void {
    const rate = this.#seen / Math.max(now - this.#startedAt, Number.EPSILON);
    this.#stride = Math.max(1, Math.ceil(rate / this.#perMillis));
    this.#left = this.#gap();
    this.#startedAt = now;
    this.#seen = this.#chosen = 0;
  }

  /** Uniform over 1 … 2 × stride − 1, the mean of which is the stride. */
  #gap(): number {
    return this.#stride === 1 ? 1 : 1 + Math.floor(Math.random() * (2 * this.#stride - 1));
  }
}
