const BLOCKS = '▁▂▃▄▅▆▇█';
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/**
 * The last `width` values, newest at the right, each as a block of one to eight eighths between 0 and the greatest that is shown; negative
 * values have the least block at their minimum. A value that is not known is a space.
 */
export function sparkline(values: readonly (number | undefined)[], width: number): string {
  const shown = values.slice(-width);
  const known = shown.filter((value) => value !== undefined && Number.isFinite(value)) as number[];
  const least = Math.min(0, ...known);
  const most = Math.max(0, ...known);
  // Halves, since the difference of two finite numbers may be infinite.
  const range = most / 2 - least / 2;
  const blocks = shown.map((value) => {
    if (value === undefined || !Number.isFinite(value)) return ' ';
    if (range === 0) return BLOCKS[0]!;
    return BLOCKS[Math.max(0, Math.ceil(((value / 2 - least / 2) / range) * 8) - 1)]!;
  });
  return blocks.join('').padStart(Math.max(0, width));
}

/** `share` of a bar in brackets that is `width` columns wide in all, in eighths of a column; below 0 it is 0, above 1 it is 1. */
export function bar(share: number | undefined, width: number): string {
  const inner = Math.max(0, width - 2);
  if (share === undefined || Number.isNaN(share)) return `[${'?'.padEnd(inner).slice(0, inner)}]`;
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * inner * 8);
  const text = '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!;
  return `[${text.padEnd(inner)}]`;
}
