import { keyOf } from './moves.ts';
import type { Settings } from './tunable.ts';

/** Workers and threads that lost are left out with batches up to so many times larger or smaller too. */
const LIKE_BATCHES = 4;

/** Which settings were measured and left, and when. */
export class Attempts {
  readonly #leftAt = new Map<string, number>();
  /** Whose workers and threads gave far less. */
  readonly #lost = new Map<string, Settings>();

  left(settings: Settings, now: number): void {
    this.#leftAt.set(keyOf(settings), now);
  }

  /** They gave so much less that with like batches they need not be tried. */
  lostByFar(settings: Settings): void {
    this.#lost.set(keyOf(settings), settings);
  }

  kept({ workers, threads }: Settings): void {
    for (const [key, lost] of this.#lost) if (lost.workers === workers && lost.threads === threads) this.#lost.delete(key);
  }

  has(settings: Settings): boolean {
    return this.#leftAt.has(keyOf(settings));
  }

  /** Whether they were never left, or at least `seconds` ago. */
  areOpen(settings: Settings, seconds: number, now: number): boolean {
    return now - this.#at(settings) >= seconds;
  }

  firstNew(moves: readonly Settings[]): Settings | undefined {
    return moves.find((settings) => !this.has(settings) && !this.#isLikeLost(settings));
  }

  /** Those that never had their turn come first. */
  oldest(moves: readonly Settings[]): Settings | undefined {
    return moves.toSorted((a, b) => Math.sign(this.#at(a) - this.#at(b)) || 0)[0];
  }

  forget({ lostToo }: { readonly lostToo: boolean }): void {
    this.#leftAt.clear();
    if (lostToo) this.#lost.clear();
  }

  #at(settings: Settings): number {
    return this.#leftAt.get(keyOf(settings)) ?? -Infinity;
  }

  #isLikeLost({ batchSize, workers, threads }: Settings): boolean {
    return [...this.#lost.values()].some(
      (lost) =>
        lost.workers === workers &&
        lost.threads === threads &&
        Math.max(lost.batchSize / batchSize, batchSize / lost.batchSize) <= LIKE_BATCHES,
    );
  }
}
