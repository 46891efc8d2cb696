import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import sharp from 'sharp';
import type { RawImage } from '../model/image.ts';
import { ImageError } from './errors.ts';
import { FORMAT_NAMES } from './formats.ts';

/** The path of a file, or what is in one. */
export type ImageSource = string | Uint8Array;

export const MOST_IMAGE_BYTES = 20_000_000;
/** An A4 page at 600 dots per inch has 35 million. */
export const MOST_PIXELS = 40_000_000;

/**
 * Decodes an image, turns it upright by its EXIF orientation, and puts what is transparent on white. Of animations and documents the first
 * page.
 *
 * @throws ImageError; the signal's reason.
 */
export async function loadImage(source: ImageSource, signal?: AbortSignal): Promise<RawImage> {
  const bytes = typeof source === 'string' ? await readImageFile(source, signal) : source;
  checkBytes(bytes.byteLength);
  // Without sharp's own limit, so that what is too large is refused with its figures.
  const { format, width, height } = await sharp(bytes, { limitInputPixels: false })
    .metadata()
    .catch((error: unknown) => {
      const message = messageOf(error);
      // The words of sharp, which has no codes.
      const reason = message.includes('unsupported image format') ? 'unsupported' : 'corrupt';
      throw new ImageError(reason, `there is no header of an image: ${message}`, { cause: error });
    });
  if (!FORMAT_NAMES.includes(format)) throw new ImageError('unsupported', `${format} is not read, only ${FORMAT_NAMES.join(', ')}`);
  if (width * height > MOST_PIXELS) throw new ImageError('too-large', `${width} x ${height} pixels are more than ${MOST_PIXELS}`);
  signal?.throwIfAborted();
  const { data, info } = await sharp(bytes, { failOn: 'error', limitInputPixels: MOST_PIXELS, autoOrient: true })
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch((error: unknown) => {
      throw new ImageError('corrupt', `the image cannot be decoded: ${messageOf(error)}`, { cause: error });
    });
  return { data, width: info.width, height: info.height };
}

async function readImageFile(path: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    // Not to wait for the other end of a pipe.
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = await file.stat();
    if (!stats.isFile()) throw new ImageError('unreadable', 'it is no file');
    checkBytes(stats.size);
    return await file.readFile({ signal });
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ImageError) throw error;
    throw new ImageError('unreadable', `the file cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

function checkBytes(bytes: number): void {
  if (bytes === 0) throw new ImageError('empty', 'the image is empty');
  if (bytes > MOST_IMAGE_BYTES) throw new ImageError('too-large', `${bytes} bytes are more than ${MOST_IMAGE_BYTES}`);
}

/** The first line: libvips repeats itself. */
function messageOf(error: unknown): string {
  return (error as Error).message.split('\n', 1)[0]!;
}
