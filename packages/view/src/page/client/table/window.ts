/** Rows that are made beyond what can be seen, on either side. */
const BEYOND = 8;

/** What can be seen of rows of equal height. Pixels. */
export interface Viewport {
  readonly top: number;
  readonly height: number;
  readonly rowHeight: number;
  readonly rows: number;
}

/** The rows [from, to) that must be there. */
export function windowOf({ top, height, rowHeight, rows }: Viewport): { readonly from: number; readonly to: number } {
  const from = Math.max(0, Math.min(rows, Math.floor(top / rowHeight) - BEYOND));
  return { from, to: Math.min(rows, Math.ceil((top + height) / rowHeight) + BEYOND) };
}

/** Where to scroll to so that the whole of a row can be seen; as little as possible. */
export function scrollTo(row: number, { top, height, rowHeight }: Viewport): number {
  if (row * rowHeight < top) return row * rowHeight;
  return Math.max(top, (row + 1) * rowHeight - height);
}
