const SMALLEST = 16;

/** First in, first out, over one array that grows as needed. */
export class RingQueue<T> {
  #slots: (T | undefined)[] = new Array(SMALLEST);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: T): void {
    if (this.#length === this.#slots.length) this.#resize(this.#length * 2);
    this.#slots[(this.#head + this.#length++) & (this.#slots.length - 1)] = value;
  }

  peek(): T | undefined {
    return this.#length === 0 ? undefined : this.#slots[this.#head];
  }

  shift(): T | undefined {
    if (this.#length === 0) return undefined;
    const value = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & (this.#slots.length - 1);
    this.#length--;
    return value;
  }

  /** Takes all that are in it, the oldest first. */
  drain(): T[] {
    const values = this.#values();
    this.#slots = new Array(SMALLEST);
    this.#head = this.#length = 0;
    return values;
  }

  /** Leaves only those that pass, in their order. */
  retain(passes: (value: T) => boolean): void {
    for (const value of this.drain()) if (passes(value)) this.push(value);
  }

  #resize(size: number): void {
    const values = this.#values();
    this.#slots = new Array(size);
    for (let i = 0; i < values.length; i++) this.#slots[i] = values[i];
    this.#head = 0;
  }

  #values(): T[] {
    return Array.from({ length: this.#length }, (_, i) => this.#slots[(this.#head + i) & (this.#slots.length - 1)]!);
  }
}
