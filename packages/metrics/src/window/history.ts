/** Events of the history that lie next to each other: event `i`, in [`start`, `end`), is `values[i]`, `times[i]`, `series[i]`. */
export interface HistorySlice {
  readonly values: Float64Array;
  /** Milliseconds of the collector's clock. */
  readonly times: Float64Array;
  /** Ids of the series that the values belong to. */
  readonly series: Uint32Array;
  readonly start: number;
  readonly end: number;
}

interface Chunk {
  readonly values: Float64Array<ArrayBuffer>;
  readonly times: Float64Array<ArrayBuffer>;
  readonly series: Uint32Array<ArrayBuffer>;
}

/** Events in a chunk: 80 KiB, the step in which memory is taken and given back. */
const CHUNK = 4096;

/**
 * The last recorded events in columns of 20 bytes an event (value, time, series), at most `capacity` of them and none older than
 * `maxAgeMillis`. A ring of chunks that are allocated when first reached, and released when all of their events are too old. Events are
 * numbered from 0 for ever, so that a reader that takes its time knows what was overwritten meanwhile.
 */
export class History {
  readonly capacity: number;
  readonly maxAgeMillis: number;
  readonly #chunks: (Chunk | undefined)[];
  #values = new Float64Array(0);
  #times = new Float64Array(0);
  #series = new Uint32Array(0);
  #index = -1;
  #next = 0;
  #limit = 0;
  /** Number of the event that `#next` would be if the chunk began at 0. */
  #base = 0;
  /** No event below this number is kept. */
  #floor = 0;
  /** Chunks of events before this number have been given back, or hold newer events. */
  #releasedTo = 0;
  /** Evictions of the histories whose events this one took over. */
  #adoptedEvictions = 0;

  constructor(capacity: number, maxAgeMillis: number) {
    this.capacity = capacity;
    this.maxAgeMillis = maxAgeMillis;
    this.#chunks = new Array<Chunk | undefined>(Math.ceil(capacity / CHUNK)).fill(undefined);
  }

  /** `at` must not go back. */
  append(series: number, value: number, at: number): void {
    let i = this.#next;
    if (i === this.#limit) i = this.#turn(at);
    this.#values[i] = value;
    this.#times[i] = at;
    this.#series[i] = series;
    this.#next = i + 1;
  }

  /** One more than the number of the newest event: events ever appended. */
  get end(): number {
    return this.#base + this.#next;
  }

  /** Number of the oldest event that can still be read, too old or not. */
  get first(): number {
    return Math.max(this.#floor, this.end - this.capacity);
  }

  /** Number of the oldest event that is kept at `now`; equal to `end` when there is none. */
  firstAt(now: number): number {
    let low = this.first;
    let high = this.end;
    const oldest = now - this.maxAgeMillis;
    while (low < high) {
      const middle = low + Math.floor((high - low) / 2);
      if (this.#timeOf(middle) < oldest) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Events kept at `now`. */
  countAt(now: number): number {
    return this.end - this.firstAt(now);
  }

  /** Events that were appended and are no longer kept at `now`. */
  evictedAt(now: number): number {
    return this.#adoptedEvictions + this.firstAt(now);
  }

  /** The run of events from number `from` up to the end of its chunk and below `to`; both must lie within what is kept. */
  slice(from: number, to: number): HistorySlice {
    const chunk = this.#chunks[this.#chunkOf(from)]!;
    const start = (from % this.capacity) % CHUNK;
    const end = Math.min(chunk.values.length, start + to - from);
    return { ...chunk, start, end };
  }

  /** Bytes that are allocated now. */
  get bytes(): number {
    return this.#chunks.reduce((sum, chunk) => sum + (chunk === undefined ? 0 : chunk.values.length * 20), 0);
  }

  clear(): void {
    this.#floor = this.end;
    this.#release();
  }

  /** Gives back the chunks in which everything is too old at `now`. */
  trim(now: number): void {
    this.#floor = this.firstAt(now);
    this.#release();
  }

  /** Appends what `other` keeps at `now`, as much as fits; what does not counts as evicted. */
  adopt(other: History, now: number): void {
    const first = Math.max(other.firstAt(now), other.end - this.capacity);
    this.#adoptedEvictions += other.evictedAt(now) + first - other.firstAt(now);
    for (let number = first; number < other.end; ) {
      const { values, times, series, start, end } = other.slice(number, other.end);
      for (let i = start; i < end; i++) this.append(series[i]!, values[i]!, times[i]!);
      number += end - start;
    }
  }

  #turn(at: number): number {
    this.#base += this.#next;
    this.#next = 0;
    this.trim(at);
    this.#index = this.#index + 1 === this.#chunks.length ? 0 : this.#index + 1;
    const chunk = (this.#chunks[this.#index] ??= newChunk(Math.min(CHUNK, this.capacity - this.#index * CHUNK)));
    this.#values = chunk.values;
    this.#times = chunk.times;
    this.#series = chunk.series;
    this.#limit = chunk.values.length;
    return 0;
  }

  /** Looks only at the chunks behind which the floor has moved: a history may have very many. */
  #release(): void {
    let number = Math.max(this.#releasedTo, this.end - this.capacity);
    while (number < this.#floor) {
      const { start, end } = this.slice(number, this.end);
      const next = number + end - start;
      // The newest chunk is being written.
      if (next > this.#floor || next === this.end) break;
      const chunk = this.#chunkOf(number);
      if (chunk !== this.#index) this.#chunks[chunk] = undefined;
      number = next;
    }
    this.#releasedTo = number;
  }

  #chunkOf(number: number): number {
    return Math.floor((number % this.capacity) / CHUNK);
  }

  #timeOf(number: number): number {
    return this.#chunks[this.#chunkOf(number)]!.times[(number % this.capacity) % CHUNK]!;
  }
}

function newChunk(length: number): Chunk {
  return { values: new Float64Array(length), times: new Float64Array(length), series: new Uint32Array(length) };
}
