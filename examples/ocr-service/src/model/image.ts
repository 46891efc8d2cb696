/** Pixels row by row, three bytes each: red, green, blue (sharp's `removeAlpha().toColourspace('srgb').raw()`). */
export interface RawImage {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** @throws RangeError where `data` is not 3 bytes for each pixel of at least one. */
export function checkImage({ data, width, height }: RawImage): void {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0))
    throw new RangeError(`an image has a width and a height of at least 1, not ${width} x ${height}`);
  if (data.length !== width * height * 3)
    throw new RangeError(`an image of ${width} x ${height} has ${width * height * 3} bytes (RGB), not ${data.length}`);
}
