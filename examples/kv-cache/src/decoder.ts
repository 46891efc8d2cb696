import type { KvCache, SequenceId } from '@otel-perf/memory-pool';
import type { Random } from './random.ts';

interface Request {
  readonly prompt: number;
  readonly answer: number;
}

interface Sequence {
  readonly id: SequenceId;
  readonly request: Request;
  /** What its tokens are written with. Those that it shares with another have the other's. */
  readonly mark: number;
  readonly shared: number;
  left: number;
}

const MOST_RUNNING = 64;
const ARRIVALS = 0.35;
const FORKS = 0.1;

/** Stands for the scheduler of a language model server: continuous batching over a paged KV cache, without the model. */
export class Decoder {
  finished = 0;
  preempted = 0;
  forked = 0;
  tokens = 0;
  damaged = 0;
  readonly #cache: KvCache;
  readonly #random: Random;
  readonly #waiting: Request[] = [];
  #sequences: Sequence[] = [];

  constructor(cache: KvCache, random: Random) {
    this.#cache = cache;
    this.#random = random;
  }

  get running(): number {
    return this.#sequences.length;
  }

  /** Takes in what has arrived, and decodes a token of each running sequence. */
  step(): void {
    if (this.#random.next() < ARRIVALS) this.#waiting.push({ prompt: this.#random.length(16, 512), answer: this.#random.length(16, 512) });
    while (this.#waiting.length > 0 && this.running < MOST_RUNNING && this.#start(this.#waiting[0]!)) this.#waiting.shift();
    for (const sequence of this.#sequences) if (this.#sequences.includes(sequence)) this.#decode(sequence);
  }

  #start(request: Request): boolean {
    const id = this.#cache.add(request.prompt);
    if (id === null) return false;
    const sequence = { id, request, mark: (id % 255) + 1, shared: 0, left: request.answer };
    for (let token = 0; token < request.prompt; token++) this.#write(sequence, token);
    this.#sequences.push(sequence);
    if (this.#random.next() < FORKS && this.running < MOST_RUNNING) this.#fork(sequence);
    return true;
  }

  /** A second answer to the same prompt, which takes no memory of its own. */
  #fork({ id, request }: Sequence): void {
    const fork = this.#cache.fork(id);
    this.#sequences.push({ id: fork, request, mark: (fork % 255) + 1, shared: request.prompt, left: request.answer });
    this.forked++;
  }

  #decode(sequence: Sequence): void {
    while (!this.#cache.append(sequence.id)) {
      const newest = this.#sequences.at(-1)!;
      this.#preempt(newest);
      if (newest === sequence) return;
    }
    this.#write(sequence, this.#cache.tokensOf(sequence.id) - 1);
    if (--sequence.left === 0) this.#finish(sequence);
  }

  /** Its blocks are free for older ones; it starts again later. */
  #preempt(sequence: Sequence): void {
    this.#end(sequence);
    this.#waiting.unshift(sequence.request);
    this.preempted++;
  }

  #finish(sequence: Sequence): void {
    const { id, mark, shared } = sequence;
    for (let token = shared; token < this.#cache.tokensOf(id); token++) {
      if (!this.#cache.tokenView(id, token).every((byte) => byte === mark)) this.damaged++;
    }
    this.#end(sequence);
    this.finished++;
  }

  #end(sequence: Sequence): void {
    this.#cache.free(sequence.id);
    this.#sequences = this.#sequences.filter((each) => each !== sequence);
  }

  #write({ id, mark }: Sequence, token: number): void {
    this.#cache.tokenView(id, token).fill(mark);
    this.tokens++;
  }
}
