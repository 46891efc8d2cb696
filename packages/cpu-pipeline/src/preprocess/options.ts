import { availableParallelism } from 'node:os';
import type { MemoryPool, OnFailure } from '@otel-perf/memory-pool';
import { getMetricsCollector, type CentralizedMetricsCollector } from '@otel-perf/metrics';
import { checkInteger, checkNumber } from '../model/options.ts';
import { normaliseTable } from './image/normalise.ts';
import { smartSizeSettings, type SmartSize, type SmartSizeSettings } from './image/smart-resize.ts';
import { padIdOf, paddingSideOf, type Tokenizer } from './text/tokenizer.ts';

/** Of red, green and blue. */
export type PerChannel = readonly [red: number, green: number, blue: number];
export type ResizeKernel = (typeof KERNELS)[number];

export interface TextOptions {
  /** Needed for texts only. */
  readonly tokenizer?: Tokenizer;
  /** Tokens of a text at most; the rest is left out. Default 512. */
  readonly maxTextLength?: number;
  /** UTF-8 bytes of a text at most: tokenizers work on the whole of it, on the calling thread. Default 1 MiB. */
  readonly maxTextBytes?: number;
  /** Whether the texts of a call are made as long as the longest, or as `maxTextLength`. Default `longest`. */
  readonly padding?: 'longest' | 'max_length';
  /** Default the tokenizer's `padding_side`, or `right`. */
  readonly paddingSide?: 'left' | 'right';
  /** Default the tokenizer's; must be given where it has none. */
  readonly padId?: number;
}

export interface ImageOptions {
  /** [height, width] of the result, whatever the aspect ratio, or a size that follows the image. Default [224, 224]. */
  readonly size?: readonly [height: number, width: number] | SmartSize;
  /** The filter for resizing: one of sharp's. Default `lanczos3`. */
  readonly kernel?: ResizeKernel;
  /** What shows through transparent pixels, 0 to 255. Default white. */
  readonly background?: PerChannel;
  /** What the levels, 0 to 255, are multiplied by first. Default 1/255. */
  readonly scale?: number;
  /** Subtracted after that. Default ImageNet's [0.485, 0.456, 0.406]. */
  readonly mean?: PerChannel;
  /** Divided by at last. Default ImageNet's [0.229, 0.224, 0.225]. */
  readonly deviation?: PerChannel;
  /** Pixels of an image at most; one with more is refused by its header. Default 64,000,000. */
  readonly maxPixels?: number;
  /** Encoded bytes of an image, or of its file, at most. Default 64 MiB. */
  readonly maxBytes?: number;
  /** Images of a call that are decoded at a time. Default one for each core. */
  readonly concurrency?: number;
}

export interface PreprocessorOptions extends TextOptions, ImageOptions {
  /** Where the results lie; with `fit: SharedAllocator` they go to other threads without a copy. */
  readonly pool: MemoryPool<OnFailure>;
  /** Default the collector of the process. */
  readonly collector?: CentralizedMetricsCollector;
}

export interface TextSettings extends Required<TextOptions> {}

export interface ImageSettings {
  readonly size: readonly [height: number, width: number] | SmartSizeSettings;
  readonly kernel: ResizeKernel;
  readonly background: PerChannel;
  /** See `normaliseTable`. */
  readonly table: Float32Array;
  readonly maxPixels: number;
  readonly maxBytes: number;
  readonly concurrency: number;
}

export interface PreprocessorSettings {
  readonly pool: MemoryPool<OnFailure>;
  readonly collector: CentralizedMetricsCollector;
  /** Absent without a tokenizer. */
  readonly text: TextSettings | undefined;
  readonly image: ImageSettings;
}

const KERNELS = ['nearest', 'linear', 'cubic', 'mitchell', 'lanczos2', 'lanczos3'] as const;
const LONGEST_SIDE = 16_384;
const MEAN: PerChannel = [0.485, 0.456, 0.406];
const DEVIATION: PerChannel = [0.229, 0.224, 0.225];

/** @throws TypeError or RangeError that names the option and its bound. */
export function preprocessorSettings(options: PreprocessorOptions): PreprocessorSettings {
  const { pool, collector = getMetricsCollector() } = options;
  if (typeof pool?.malloc !== 'function') throw new TypeError(`pool must be a MemoryPool, not ${String(pool)}`);
  return { pool, collector, text: textSettings(options), image: imageSettings(options) };
}

function textSettings(options: TextOptions): TextSettings | undefined {
  const { tokenizer, maxTextLength = 512, maxTextBytes = 2 ** 20, padding = 'longest' } = options;
  checkInteger('maxTextLength', maxTextLength, 1);
  checkInteger('maxTextBytes', maxTextBytes, 1);
  checkWord('padding', padding, ['longest', 'max_length']);
  if (options.paddingSide !== undefined) checkWord('paddingSide', options.paddingSide, ['left', 'right']);
  if (options.padId !== undefined) checkInteger('padId', options.padId, 0);
  if (tokenizer === undefined) return undefined;
  if (typeof tokenizer !== 'function' && typeof tokenizer?.encode !== 'function') {
    throw new TypeError(`tokenizer must be a function or have encode(), unlike ${String(tokenizer)}`);
  }
  const { paddingSide = paddingSideOf(tokenizer) ?? 'right', padId = padIdOf(tokenizer) } = options;
  if (padId === undefined) throw new TypeError('padId must be given: the tokenizer tells none');
  return { tokenizer, maxTextLength, maxTextBytes, padding, paddingSide, padId };
}

function imageSettings(options: ImageOptions): ImageSettings {
  const {
    size = [224, 224],
    kernel = 'lanczos3',
    background = [255, 255, 255],
    scale = 1 / 255,
    mean = MEAN,
    deviation = DEVIATION,
  } = options;
  const { maxPixels = 64e6, maxBytes = 64 * 2 ** 20, concurrency = availableParallelism() } = options;
  checkWord('kernel', kernel, KERNELS);
  checkChannels('background', background, 0, 255);
  checkNumber('scale', scale, -Number.MAX_VALUE, Number.MAX_VALUE);
  checkChannels('mean', mean, -Number.MAX_VALUE, Number.MAX_VALUE);
  checkChannels('deviation', deviation, Number.MIN_VALUE, Number.MAX_VALUE);
  checkInteger('maxPixels', maxPixels, 1);
  checkInteger('maxBytes', maxBytes, 1);
  checkInteger('concurrency', concurrency, 1);
  const table = normaliseTable({ scale, mean, deviation });
  return { size: sizeSettings(size), kernel, background, table, maxPixels, maxBytes, concurrency };
}

function sizeSettings(size: NonNullable<ImageOptions['size']>): ImageSettings['size'] {
  if (typeof size !== 'object' || size === null) throw new TypeError(`size must be [height, width] or a SmartSize, not ${String(size)}`);
  if (!isFixed(size)) return smartSizeSettings(size);
  if (size.length !== 2) throw new RangeError(`size must be [height, width], not ${(size as readonly number[]).length} numbers`);
  checkInteger('size[0]', size[0], 1, LONGEST_SIDE);
  checkInteger('size[1]', size[1], 1, LONGEST_SIDE);
  return [size[0], size[1]];
}

export function isFixed<Smart extends object>(size: readonly [number, number] | Smart): size is readonly [number, number] {
  return Array.isArray(size);
}

function checkChannels(option: string, values: PerChannel, least: number, most: number): void {
  if (!Array.isArray(values)) throw new TypeError(`${option} must be three numbers, not ${String(values)}`);
  if (values.length !== 3) throw new RangeError(`${option} must be three numbers, not ${values.length}`);
  values.forEach((value, channel) => checkNumber(`${option}[${channel}]`, value, least, most));
}

function checkWord(option: string, value: unknown, words: readonly unknown[]): void {
  if (!words.includes(value)) throw new RangeError(`${option} must be one of ${words.join(', ')}, not ${String(value)}`);
}
