const DEFAULT_SIZE = 4096;

/**
 * Latencies between two looks: all of them up to `size`, beyond it a uniform sample of that size (Vitter's algorithm R, ACM TOMS 11(1),
 * 1985).
 */
export class Latencies {
  readonly #kept: Float64Array;
  #count = 0;

  constructor(size: number = DEFAULT_SIZE) {
    this.#kept = new Float64Array(size);
  }

  get count(): number {
    return this.#count;
  }

  add(latency: number): void {
    const place = this.#count < this.#kept.length ? this.#count : Math.floor(Math.random() * (this.#count + 1));
    this.#count++;
    if (place < this.#kept.length) this.#kept[place] = latency;
  }

  /** The smallest one that at least a share `quantile` of them does not exceed (nearest rank); `undefined` of none. */
  quantile(quantile: number): number | undefined {
    const sorted = this.#kept.slice(0, this.#count).sort();
    return sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)];
  }

  clear(): void {
    this.#count = 0;
  }
}
