import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { getMetricsCollector, type CentralizedMetricsCollector } from '@otel-perf/metrics';
import { modelPaths } from '../model/paths.ts';
import { keysFrom } from '../recognise/ctc.ts';

export interface OcrOptions {
  /** Threads of the detector, and of the recogniser, each with a session of its own. Default the processors, up to 8; from 1 to 64. */
  readonly workers?: number;
  /** Pixels of the longer side that an image is made smaller to, at most, to find its text. Default 960, as in PP-OCR; from 32 to 4096. */
  readonly longSide?: number;
  /** Strips that the classifier or the recogniser is given at once, at most. Default 8; from 1 to 64. */
  readonly batchSize?: number;
  /** Images that may wait in front of the pipeline before `submit` refuses more. Default 32; at least 1. */
  readonly maxQueued?: number;
  /** The recogniser's characters. Default those of PP-OCR's Chinese and English model. */
  readonly keys?: readonly string[];
  /** Default the collector of the process. */
  readonly collector?: CentralizedMetricsCollector;
}

/** More do not pay: one thread prepares for all of them. */
const MOST_DEFAULT_WORKERS = 8;

/** @throws RangeError that names the option and its bounds. */
export function resolveOptions(options: OcrOptions): Required<OcrOptions> {
  const { workers = Math.min(availableParallelism(), MOST_DEFAULT_WORKERS), longSide = 960, batchSize = 8, maxQueued = 32 } = options;
  return {
    workers: integer('workers', workers, 1, 64),
    longSide: integer('longSide', longSide, 32, 4096),
    batchSize: integer('batchSize', batchSize, 1, 64),
    maxQueued: integer('maxQueued', maxQueued, 1, Number.MAX_SAFE_INTEGER),
    keys: options.keys ?? keysFrom(readFileSync(modelPaths.keys, 'utf8')),
    collector: options.collector ?? getMetricsCollector(),
  };
}

function integer(option: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new RangeError(`${option} must be an integer from ${least} to ${most}, not ${value}`);
}
