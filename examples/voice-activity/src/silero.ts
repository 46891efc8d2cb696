import { createRequire } from 'node:module';
import { createSharedPool, OnnxModel, PooledTensor, type Tensor } from '@otel-perf/cpu-pipeline';
import type { MemoryPool } from '@otel-perf/memory-pool';
import type { CentralizedMetricsCollector } from '@otel-perf/metrics';
import { CHUNK_SAMPLES, SAMPLE_RATE } from './format.ts';

const PATH = createRequire(import.meta.url).resolve('@ricky0123/vad-web/dist/silero_vad_v5.onnx');
/** Samples before a chunk that the model wants to see again, as its authors' own wrapper gives them. */
const CONTEXT_SAMPLES = 64;
const WINDOW_SAMPLES = CONTEXT_SAMPLES + CHUNK_SAMPLES;
/** The model remembers two rows of these for a recording. */
const STATE_ROWS = 2;
const STATE_COLUMNS = 128;
/** Several times what a full batch takes, with its outputs. */
const POOL_BYTES = 2 ** 20;

/** A chunk of a recording with what comes before it: the samples of its context, and what the model remembers of the rest. */
export interface Chunk {
  readonly window: Float32Array;
  readonly state: Float32Array;
}

export interface Heard {
  /** That the chunk is speech. */
  readonly probability: number;
  /** For the recording's next chunk. */
  readonly state: Float32Array;
}

/** Silero VAD v5, which hears chunks of any number of recordings in one call. */
export class Silero implements AsyncDisposable {
  readonly #pool: MemoryPool;
  readonly #model: OnnxModel;

  static async load(collector: CentralizedMetricsCollector): Promise<Silero> {
    const pool = createSharedPool({ size: POOL_BYTES, name: 'silero', collector });
    try {
      return new Silero(pool, await OnnxModel.load(PATH, { memory: pool }));
    } catch (error) {
      pool.close();
      throw error;
    }
  }

  private constructor(pool: MemoryPool, model: OnnxModel) {
    this.#pool = pool;
    this.#model = model;
  }

  /** What it hears in each chunk; no two of one recording. @throws OutOfMemoryError where so many have no room in the pool. */
  async hear(chunks: readonly Chunk[]): Promise<Heard[]> {
    const count = chunks.length;
    using input = PooledTensor.allocate(this.#pool, 'float32', [count, WINDOW_SAMPLES]);
    using state = PooledTensor.allocate(this.#pool, 'float32', [STATE_ROWS, count, STATE_COLUMNS]);
    using sr = PooledTensor.allocate(this.#pool, 'int64', []);
    sr.data[0] = BigInt(SAMPLE_RATE);
    for (const [i, chunk] of chunks.entries()) {
      input.data.set(chunk.window, i * WINDOW_SAMPLES);
      for (let row = 0; row < STATE_ROWS; row++)
        state.data.set(chunk.state.subarray(row * STATE_COLUMNS, (row + 1) * STATE_COLUMNS), (row * count + i) * STATE_COLUMNS);
    }
    using result = await this.#model.run({ input, state, sr });
    const { output, stateN } = result.tensors as Readonly<Record<'output' | 'stateN', Tensor<'float32'>>>;
    return chunks.map((_, i) => ({ probability: output.data[i]!, state: stateOf(stateN.data, i, count) }));
  }

  async close(): Promise<void> {
    await this.#model.close();
    this.#pool.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** The chunks of a recording, in order; the last one is filled up with silence. */
export function* windowsOf(samples: Float32Array): Generator<Float32Array> {
  const chunks = Math.ceil(samples.length / CHUNK_SAMPLES);
  const padded = new Float32Array(CONTEXT_SAMPLES + chunks * CHUNK_SAMPLES);
  padded.set(samples, CONTEXT_SAMPLES);
  for (let chunk = 0; chunk < chunks; chunk++) yield padded.subarray(chunk * CHUNK_SAMPLES, chunk * CHUNK_SAMPLES + WINDOW_SAMPLES);
}

/** What the model remembers before the first chunk. */
export function initialState(): Float32Array {
  return new Float32Array(STATE_ROWS * STATE_COLUMNS);
}

function stateOf(states: Float32Array, index: number, count: number): Float32Array {
  const state = initialState();
  for (let row = 0; row < STATE_ROWS; row++) {
    const start = (row * count + index) * STATE_COLUMNS;
    state.set(states.subarray(start, start + STATE_COLUMNS), row * STATE_COLUMNS);
  }
  return state;
}
