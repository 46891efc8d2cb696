import type { ArenaPicture, BlockPicture } from '../../../model/arena.ts';

/** What is shown of a block: a live one without an id is a bare handle, which no compaction moves. */
export type BlockKind = 'block' | 'handle' | 'cached' | 'free';

export const KINDS: readonly (readonly [kind: BlockKind, label: string])[] = [
  ['block', 'live, with an id'],
  ['handle', 'live, a bare handle'],
  ['cached', 'cached'],
  ['free', 'free'],
];

export function kindOf({ state, id }: BlockPicture): BlockKind {
  if (state !== 'live') return state;
  return id === undefined ? 'handle' : 'block';
}

export interface Tally {
  readonly kind: BlockKind;
  readonly label: string;
  readonly count: number;
  readonly bytes: number;
}

export function talliesOf({ blocks }: ArenaPicture): Tally[] {
  const byKind = Map.groupBy(blocks, kindOf);
  return KINDS.map(([kind, label]) => {
    const own = byKind.get(kind) ?? [];
    return { kind, label, count: own.length, bytes: own.reduce((sum, { size }) => sum + size, 0) };
  });
}

/** The block that the byte at `offset` is in, by number. Blocks are in address order. */
export function blockAt(blocks: readonly BlockPicture[], offset: number): number | undefined {
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (blocks[middle]!.offset <= offset) low = middle + 1;
    else high = middle;
  }
  const found = blocks[low - 1];
  return found !== undefined && offset < found.offset + found.size ? low - 1 : undefined;
}

/** Where a stretch of memory lies on a map whose rows hold `bytesPerRow` each: columns are shares of a row. */
export interface Piece {
  readonly row: number;
  readonly from: number;
  readonly to: number;
}

export function* piecesOf({ offset, size }: BlockPicture, bytesPerRow: number): Generator<Piece> {
  const end = offset + size;
  // By the number of the row, which always goes on: where a row begins is not always a whole number of bytes.
  for (let row = Math.floor(offset / bytesPerRow); row * bytesPerRow < end; row++) {
    const start = row * bytesPerRow;
    const from = Math.max(0, (offset - start) / bytesPerRow);
    const to = Math.min(1, (end - start) / bytesPerRow);
    if (from < to) yield { row, from, to };
  }
}
