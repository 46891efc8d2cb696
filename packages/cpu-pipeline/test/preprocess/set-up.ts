import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { CentralizedMetricsCollector } from '@otel-perf/metrics';
import { MemoryPool, SharedAllocator, type OnFailure } from '@otel-perf/memory-pool';
import { PreprocessError, type PreprocessReason } from '../../src/preprocess/errors.ts';
import type { PreprocessorOptions } from '../../src/preprocess/options.ts';
import { Preprocessor } from '../../src/preprocess/preprocessor.ts';

export const MEAN = [0.485, 0.456, 0.406] as const;
export const DEVIATION = [0.229, 0.224, 0.225] as const;

export function setUp(options: Partial<PreprocessorOptions> = {}, size = 2 ** 26) {
  const collector = new CentralizedMetricsCollector();
  const fit = SharedAllocator.create({ size });
  const pool: MemoryPool<OnFailure> = new MemoryPool({ type: 'image_features', fit, collector });
  const live = (): number => pool.stats().blocks.current;
  return { pool, collector, live, preprocessor: new Preprocessor({ pool, collector, ...options }) };
}

export function fixturePath(name: string): string {
  return join(import.meta.dirname, 'fixtures', name);
}

export async function fixture(name: string): Promise<Buffer> {
  return readFile(fixturePath(name));
}

/** To float, scaled, normalised and transposed, in four passes of float64: the independent way. */
export function fourPasses(
  rgb: Uint8Array,
  width: number,
  height: number,
  mean: readonly number[] = MEAN,
  deviation: readonly number[] = DEVIATION,
) {
  const floats = Float64Array.from(rgb);
  const scaled = floats.map((level) => level / 255);
  const normalised = scaled.map((value, i) => (value - mean[i % 3]!) / deviation[i % 3]!);
  const planes = new Float64Array(normalised.length);
  for (let channel = 0; channel < 3; channel++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) planes[(channel * height + y) * width + x] = normalised[(y * width + x) * 3 + channel]!;
    }
  }
  return planes;
}

/** The largest difference, in levels of 0 to 255. */
export function levelsApart(planes: ArrayLike<number>, others: ArrayLike<number>): number {
  expect(planes.length).toBe(others.length);
  const length = planes.length / 3;
  let most = 0;
  for (let i = 0; i < planes.length; i++) {
    most = Math.max(most, Math.abs(planes[i]! - others[i]!) * DEVIATION[Math.floor(i / length) % 3]! * 255);
  }
  return most;
}

export async function refusal(promise: Promise<unknown>): Promise<PreprocessError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof PreprocessError) return error;
  throw new Error('was not refused', { cause: error });
}

export async function reasonFor(promise: Promise<unknown>): Promise<PreprocessReason> {
  return (await refusal(promise)).reason;
}
