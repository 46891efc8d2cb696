import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { isNativeError, isUint8Array, isUint8ClampedArray } from 'node:util/types';
import type { Item } from '../item.ts';
import type { ImageSettings } from '../options.ts';

/** Pixels row by row, 8 bits a channel: gray, gray and alpha, RGB or RGBA. */
export interface RawImage {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
}

/** Encoded bytes, the path of a file of them, or raw pixels. None may change until the call has ended. */
export type ImageInput = Uint8Array | string | RawImage;

export type ImageSource = { readonly bytes: Uint8Array } | { readonly raw: RawImage };

type Limits = Pick<ImageSettings, 'maxPixels' | 'maxBytes'>;

/** @throws PreprocessError */
export async function readSource(item: Item<unknown>, limits: Limits, signal: AbortSignal | undefined): Promise<ImageSource> {
  const { input } = item;
  if (typeof input === 'string') return { bytes: await readImageFile(item, input, limits, signal) };
  if (isUint8Array(input)) {
    checkBytes(item, input.byteLength, limits);
    return { bytes: input };
  }
  return { raw: checkRaw(item, input, limits) };
}

async function readImageFile(item: Item<unknown>, path: string, limits: Limits, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    // Not to wait for the other end of a pipe.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = await file.stat();
    if (!stats.isFile()) throw item.refuse('unreadable', `${path} is no file`);
    checkBytes(item, stats.size, limits);
    const bytes = await file.readFile({ signal });
    checkBytes(item, bytes.byteLength, limits);
    return bytes;
  } catch (error) {
    signal?.throwIfAborted();
    if (isNativeError(error) && 'code' in error) throw item.refuse('unreadable', `the file cannot be read: ${error.message}`, error);
    throw error;
  }
}

function checkBytes(item: Item<unknown>, bytes: number, { maxBytes }: Limits): void {
  if (bytes === 0) throw item.refuse('empty', 'the image is empty');
  if (bytes > maxBytes) throw item.refuse('too-large', `${bytes} bytes are more than maxBytes, ${maxBytes}`);
}

function checkRaw(item: Item<unknown>, input: unknown, limits: Limits): RawImage {
  const { data, width, height, channels } = partsOf(item, input);
  if (!isUint8Array(data) && !isUint8ClampedArray(data)) {
    throw item.refuse('type', 'an image must be a Uint8Array, a path, or { data, width, height, channels } with 8-bit data');
  }
  if (!isSide(width) || !isSide(height))
    throw item.refuse('type', `width and height must be positive integers, not ${String(width)} and ${String(height)}`);
  if (channels !== 1 && channels !== 2 && channels !== 3 && channels !== 4) {
    throw item.refuse('type', `channels must be 1, 2, 3 or 4, not ${String(channels)}`);
  }
  checkPixels(item, width, height, limits);
  const expected = width * height * channels;
  if (data.byteLength === 0) throw item.refuse('empty', 'the image is empty');
  if (data.byteLength !== expected) throw item.refuse('corrupt', `data must have ${expected} bytes, not ${data.byteLength}`);
  return { data, width, height, channels };
}

/** Of an input that may be anything. @throws PreprocessError */
function partsOf(item: Item<unknown>, input: unknown): Readonly<Record<keyof RawImage, unknown>> {
  try {
    const { data, width, height, channels } = Object(input) as Readonly<Record<keyof RawImage, unknown>>;
    return { data, width, height, channels };
  } catch (error) {
    throw item.refuse('type', 'the image has parts that cannot be read', error);
  }
}

/** @throws PreprocessError */
export function checkPixels(item: Item<unknown>, width: number, height: number, { maxPixels }: Limits): void {
  const pixels = width * height;
  if (pixels > maxPixels) throw item.refuse('too-large', `${width} x ${height} pixels are more than maxPixels, ${maxPixels}`);
}

function isSide(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0;
}
