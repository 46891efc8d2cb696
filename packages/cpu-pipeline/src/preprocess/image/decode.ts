import { isNativeError } from 'node:util/types';
import type { Metadata, Sharp, SharpOptions } from 'sharp';
import type { Item } from '../item.ts';
import { isFixed, type ImageSettings } from '../options.ts';
import { loadSharp } from './load-sharp.ts';
import { MOST_ASPECT, smartResize } from './smart-resize.ts';
import { checkPixels, type ImageSource, type RawImage } from './source.ts';

/** An image of the size that the model takes: RGB, three bytes a pixel. */
export interface Pixels {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** Not those that are programs to be run or documents to be drawn, such as SVG. */
const FORMATS: readonly string[] = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif'] satisfies Metadata['format'][];

/**
 * Decodes, turns upright by EXIF, puts transparent pixels on the background, makes gray RGB, and resizes. Of animations and documents the
 * first page. Only what need not be changed is given as it is. @throws PreprocessError
 */
export async function decode(item: Item<unknown>, source: ImageSource, settings: ImageSettings): Promise<Pixels> {
  if ('raw' in source) return decodeRaw(item, source.raw, settings);
  const sharp = await loadSharp();
  const { bytes } = source;
  // The header is read without sharp's own limit, so that what is refused by it is refused with its figures.
  const header = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch((error: unknown) => {
      throw headerError(item, error);
    });
  if (!FORMATS.includes(header.format)) throw item.refuse('unsupported', `${header.format} is not supported, only ${FORMATS.join(', ')}`);
  checkPixels(item, header.width, header.height, settings);
  const { width, height } = header.autoOrient;
  const options: SharpOptions = { failOn: 'error', limitInputPixels: settings.maxPixels, autoOrient: true };
  return toPixels(item, sharp(bytes, options), width, height, settings);
}

async function decodeRaw(item: Item<unknown>, { data, width, height, channels }: RawImage, settings: ImageSettings): Promise<Pixels> {
  const [rows, columns] = targetSize(item, width, height, settings);
  if (channels === 3 && rows === height && columns === width) return { data, width, height };
  const sharp = await loadSharp();
  return toPixels(item, sharp(data, { raw: { width, height, channels }, limitInputPixels: false }), width, height, settings);
}

async function toPixels(item: Item<unknown>, image: Sharp, width: number, height: number, settings: ImageSettings): Promise<Pixels> {
  const [rows, columns] = targetSize(item, width, height, settings);
  const [r, g, b] = settings.background;
  image.flatten({ background: { r, g, b } }).toColourspace('srgb');
  if (rows !== height || columns !== width) image.resize(columns, rows, { fit: 'fill', kernel: settings.kernel });
  const { data, info } = await image
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((error: unknown) => {
      throw item.refuse('corrupt', `the image cannot be decoded: ${messageOf(error)}`, error);
    });
  if (info.width !== columns || info.height !== rows || info.channels !== 3) {
    throw item.refuse('unsupported', `the image came to ${info.width} x ${info.height} pixels of ${info.channels} channels`);
  }
  return { data, width: columns, height: rows };
}

function targetSize(item: Item<unknown>, width: number, height: number, { size }: ImageSettings): readonly [height: number, width: number] {
  if (isFixed(size)) return size;
  if (Math.max(width, height) > MOST_ASPECT * Math.min(width, height)) {
    throw item.refuse('unsupported', `${width} x ${height} pixels: one side is more than ${MOST_ASPECT} times the other`);
  }
  return smartResize(height, width, size);
}

function headerError(item: Item<unknown>, error: unknown): unknown {
  const message = messageOf(error);
  // The words of sharp, which has no codes.
  const reason = message.includes('unsupported image format') ? 'unsupported' : 'corrupt';
  return item.refuse(reason, `the image has no header that can be read: ${message}`, error);
}

/** The first line: libvips repeats itself. */
function messageOf(error: unknown): string {
  return (isNativeError(error) ? error.message : String(error)).split('\n', 1)[0]!;
}
