/** Milliseconds for who always answers at once: a turn of a busy event loop may take as long. */
const LEAST = 20;
/** Of the slowest answer of late. */
const TIMES_SLOWEST = 5;
/** Answers after which one knows how long they take. */
const ENOUGH_ANSWERS = 5;
/** What is left of the slowest answer with each further one. */
const DECAY = 0.8;

interface Answers {
  count: number;
  slowestMillis: number;
}

/**
 * How long threads are waited for: several times as long as their answers take, so that one that is blocked costs little from the first time
 * on, and for the whole time where that is not known yet.
 */
export class Patience {
  readonly #mostMillis: number;
  readonly #answers = new Map<number, Answers>();

  constructor(mostMillis: number) {
    this.#mostMillis = mostMillis;
  }

  /** In milliseconds. */
  for(slot: number): number {
    const answers = this.#answers.get(slot);
    if (answers === undefined || answers.count < ENOUGH_ANSWERS) return this.#mostMillis;
    return Math.min(this.#mostMillis, LEAST + TIMES_SLOWEST * answers.slowestMillis);
  }

  answered(slot: number, millis: number): void {
    let answers = this.#answers.get(slot);
    if (answers === undefined) this.#answers.set(slot, (answers = { count: 0, slowestMillis: 0 }));
    answers.count++;
    answers.slowestMillis = Math.max(millis, answers.slowestMillis * DECAY);
  }

  /** It did not answer in time: what was known of it, does not count any more. */
  missed(slot: number): void {
    this.#answers.delete(slot);
  }
}
