import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Tensor } from '../../src/model/tensor.ts';

/** First outputs of a model of one input, by onnxruntime alone. */
export async function runDirectly(path: string, inputs: readonly Tensor<'float32'>[]): Promise<number[][]> {
  const workerData = { path, inputs: inputs.map(({ data, dims }) => ({ data, dims })) };
  const worker = new Worker(new URL('./fixtures/direct.ts', import.meta.url), { workerData, execArgv: ['--no-warnings'] });
  const [results] = (await once(worker, 'message')) as [Float32Array[]];
  await worker.terminate();
  return results.map((result) => [...result]);
}
