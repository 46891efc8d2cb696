/** What sharp calls them, with the endings of their files. None are programs to be run or documents to be drawn, such as SVG. */
const FORMATS: Readonly<Record<string, readonly string[]>> = {
  jpeg: ['.jpg', '.jpeg'],
  png: ['.png'],
  webp: ['.webp'],
  gif: ['.gif'],
  tiff: ['.tif', '.tiff'],
  heif: ['.avif'],
};

export const FORMAT_NAMES: readonly string[] = Object.keys(FORMATS);
export const FILE_ENDINGS: readonly string[] = Object.values(FORMATS).flat();
