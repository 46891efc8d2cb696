import { OnnxModel, PooledTensor, type Tensor } from '@otel-perf/cpu-pipeline';
import type { MemoryPool } from '@otel-perf/memory-pool';
import type { FloatTensor } from '../model/tensor.ts';

/** An ONNX model of one input and one output, which both lie in the shared memory of a pool. */
export class PooledModel implements AsyncDisposable {
  /** For whoever tunes it. */
  readonly onnx: OnnxModel;
  readonly #pool: MemoryPool;
  readonly #input: string;
  readonly #output: string;

  /** @throws What `OnnxModel.load` throws. */
  static async load(path: string, workers: number, pool: MemoryPool): Promise<PooledModel> {
    return new PooledModel(await OnnxModel.load(path, { workers, intraOpNumThreads: 1, memory: pool }), pool);
  }

  private constructor(onnx: OnnxModel, pool: MemoryPool) {
    this.onnx = onnx;
    this.#pool = pool;
    this.#input = onnx.inputs[0]!.name;
    this.#output = onnx.outputs[0]!.name;
  }

  /**
   * One call: the input is what `fill` makes of its memory, of which it has to set all, and the result what `read` makes of the output. Both
   * are given back before the call settles, whatever comes of it.
   *
   * @throws OutOfMemoryError where the pool has no room, the signal's reason, what the model throws.
   */
  async infer<R>(
    dims: readonly number[],
    fill: (into: Float32Array) => void,
    read: (output: FloatTensor) => R,
    signal: AbortSignal,
  ): Promise<R> {
    using input = PooledTensor.allocate(this.#pool, 'float32', dims);
    fill(input.data);
    using result = await this.onnx.run({ [this.#input]: input }, { signal });
    return read(result.tensors[this.#output] as Tensor<'float32'>);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.onnx.close();
  }
}
