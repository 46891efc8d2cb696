import type { ArenaPicture, BlockPicture } from '../../../model/arena.ts';
import { colour } from '../charts/colours.ts';
import { element } from '../dom.ts';
import { blockAt, kindOf, piecesOf, type BlockKind } from '../model/blocks.ts';
import { onThemeChange } from '../theme.ts';

const ROWS = 16;
const ROW_HEIGHT = 14;
const GAP = 2;

/** The memory of a pool, from left to right and from top to bottom, as a text is read. */
export class ArenaMap {
  readonly element: HTMLCanvasElement;
  readonly #stopThemes: () => void;
  #arena: ArenaPicture | undefined;
  #marked: number | undefined;

  constructor(onPoint: (block: number | undefined) => void, onChoose: (block: number) => void) {
    this.element = element('canvas', { class: 'map', role: 'img' });
    new ResizeObserver(() => this.#draw()).observe(this.element);
    this.#stopThemes = onThemeChange(() => this.#draw());
    this.element.addEventListener('pointermove', (event) => onPoint(this.#at(event)));
    this.element.addEventListener('pointerleave', () => onPoint(undefined));
    this.element.addEventListener('click', (event) => {
      const block = this.#at(event);
      if (block !== undefined) onChoose(block);
    });
  }

  show(arena: ArenaPicture): void {
    this.#arena = arena;
    this.#draw();
  }

  /** Draws a frame around the block. */
  mark(block: number): void {
    this.#marked = block;
    this.#draw();
  }

  end(): void {
    this.#stopThemes();
  }

  #at({ offsetX, offsetY }: MouseEvent): number | undefined {
    if (this.#arena === undefined) return undefined;
    const row = Math.floor(offsetY / ROW_HEIGHT);
    const perRow = this.#arena.size / ROWS;
    return blockAt(this.#arena.blocks, Math.floor((row + offsetX / this.element.clientWidth) * perRow));
  }

  #draw(): void {
    const context = this.element.getContext('2d');
    const width = this.element.clientWidth;
    if (context === null || this.#arena === undefined || width === 0) return;
    const ratio = devicePixelRatio;
    this.element.width = Math.round(width * ratio);
    this.element.height = Math.round(ROWS * ROW_HEIGHT * ratio);
    context.scale(ratio, ratio);
    const fills = fillsOf(context);
    const { blocks, size } = this.#arena;
    for (const block of blocks) this.#fill(context, block, size / ROWS, fills[kindOf(block)]);
    const marked = this.#marked === undefined ? undefined : blocks[this.#marked];
    if (marked !== undefined) this.#frame(context, marked, size / ROWS);
  }

  #fill(context: CanvasRenderingContext2D, block: BlockPicture, perRow: number, style: string | CanvasPattern): void {
    context.fillStyle = style;
    const width = this.element.clientWidth;
    for (const { row, from, to } of piecesOf(block, perRow)) {
      const length = (to - from) * width;
      // A thin line between neighbours, where there is room for it.
      context.fillRect(from * width, row * ROW_HEIGHT, length > 4 ? length - 1 : Math.max(0.5, length), ROW_HEIGHT - GAP);
    }
  }

  #frame(context: CanvasRenderingContext2D, block: BlockPicture, perRow: number): void {
    context.strokeStyle = colour('text');
    context.lineWidth = 2;
    const width = this.element.clientWidth;
    for (const { row, from, to } of piecesOf(block, perRow))
      context.strokeRect(from * width, row * ROW_HEIGHT, Math.max(2, (to - from) * width), ROW_HEIGHT - GAP);
  }
}

/** Kinds differ in their pattern as well as in colour. */
function fillsOf(context: CanvasRenderingContext2D): Readonly<Record<BlockKind, string | CanvasPattern>> {
  return {
    block: colour('block'),
    handle: pattern(context, colour('handle'), colour('ground'), (tile) => tile.fillRect(2, 2, 2, 2)),
    cached: pattern(context, colour('cached'), colour('ground'), (tile) => tile.fillRect(0, 0, 2, 6)),
    free: colour('free'),
  };
}

function pattern(
  context: CanvasRenderingContext2D,
  fill: string,
  over: string,
  draw: (tile: OffscreenCanvasRenderingContext2D) => void,
): string | CanvasPattern {
  const tile = new OffscreenCanvas(6, 6);
  const drawing = tile.getContext('2d');
  if (drawing === null) return fill;
  drawing.fillStyle = fill;
  drawing.fillRect(0, 0, 6, 6);
  drawing.fillStyle = over;
  draw(drawing);
  return context.createPattern(tile, 'repeat') ?? fill;
}
