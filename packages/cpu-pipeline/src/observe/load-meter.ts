import type { Load } from '../adapt/tunable.ts';
import { Latencies } from './latencies.ts';

/** Items that were finished, and their latencies, since it was read. */
export class LoadMeter {
  readonly #latencies = new Latencies();
  #since = performance.now();

  /** An item was finished. */
  add(latencyMillis: number): void {
    this.#latencies.add(latencyMillis);
  }

  read(waiting: number): Load {
    const now = performance.now();
    const p95 = this.#latencies.quantile(0.95);
    const load = {
      seconds: (now - this.#since) / 1e3,
      items: this.#latencies.count,
      p95Seconds: p95 === undefined ? undefined : p95 / 1e3,
      waiting,
    };
    this.#latencies.clear();
    this.#since = now;
    return load;
  }
}
