import { formatCount } from '@otel-perf/metrics';
import type { ArenaPicture, BlockPicture } from '../../../model/arena.ts';
import { visible } from '../../shared/visible.ts';
import { element, setAttribute, setText } from '../dom.ts';
import { exactValue, instant, NOTHING, share, shortValue } from '../format.ts';
import { kindOf, KINDS, talliesOf, type Tally } from '../model/blocks.ts';
import type { Column } from '../table/column.ts';
import { VirtualTable } from '../table/virtual-table.ts';
import { ArenaMap } from './arena-map.ts';
import type { RowView } from './rows.ts';

const LABELS = new Map(KINDS);

/** A pool's memory: a map, what it is made of, and a table of all blocks. */
export class ArenaView implements RowView<ArenaPicture> {
  readonly element: HTMLElement;
  readonly #title = element('h3');
  readonly #summary = element('p', { class: 'summary' });
  readonly #legend = element('ul', { class: 'legend' });
  readonly #pointed = element('p', { class: 'pointed', 'aria-hidden': 'true' });
  readonly #map: ArenaMap;
  readonly #table: VirtualTable<BlockPicture>;
  #arena: ArenaPicture | undefined;

  constructor() {
    this.#map = new ArenaMap(
      (index) => setText(this.#pointed, this.#describe(index)),
      (index) => this.#choose(index),
    );
    this.#table = new VirtualTable({
      label: 'Blocks',
      columns: COLUMNS,
      keyOf: ({ offset }) => String(offset),
      onChoose: (block) => this.#map.mark(this.#arena!.blocks.indexOf(block)),
    });
    const table = element('details', {}, element('summary', {}, 'All blocks as a table'), this.#table.element);
    const parts = [this.#title, this.#summary, this.#map.element, this.#pointed, this.#legend, table];
    this.element = element('article', { class: 'arena' }, ...parts);
  }

  show(arena: ArenaPicture): void {
    this.#arena = arena;
    const tallies = talliesOf(arena);
    const summary = summaryOf(arena, tallies);
    setText(this.#title, `${visible(arena.type)} / ${visible(arena.name)}`);
    setText(this.#summary, summary);
    setAttribute(this.#map.element, 'aria-label', `Map of the memory. ${summary}`);
    this.#legend.replaceChildren(...tallies.map((tally) => legendItem(tally, arena.size)));
    this.#map.show(arena);
    this.#table.show(arena.blocks);
  }

  end(): void {
    this.#map.end();
  }

  #choose(index: number): void {
    const block = this.#arena?.blocks[index];
    if (block === undefined) return;
    this.#map.mark(index);
    this.#table.choose(String(block.offset));
  }

  #describe(index: number | undefined): string {
    const block = index === undefined ? undefined : this.#arena?.blocks[index];
    if (block === undefined) return '';
    const id = block.id === undefined ? '' : ` ${visible(block.id)}`;
    return `${shortValue(block.size, 'By')} at ${formatCount(block.offset)}: ${LABELS.get(kindOf(block))!}${id}`;
  }
}

function summaryOf({ size, takenAt, blocks }: ArenaPicture, tallies: readonly Tally[]): string {
  const free = tallies.find(({ kind }) => kind === 'free')!.bytes;
  return `${shortValue(size, 'By')} in ${formatCount(blocks.length)} blocks, ${share(free, size)} free, on ${instant(takenAt / 1e3)}.`;
}

function legendItem({ kind, label, count, bytes }: Tally, size: number): HTMLElement {
  const text = `${label}: ${formatCount(count)}, ${shortValue(bytes, 'By')} (${share(bytes, size)})`;
  return element('li', { title: exactValue(bytes, 'By') }, element('span', { class: `swatch ${kind}`, 'aria-hidden': 'true' }), text);
}

const COLUMNS: readonly Column<BlockPicture>[] = [
  number('Offset', 'middle', ({ offset }) => offset, 'By', formatCount),
  number('Size', 'middle', ({ size }) => size, 'By'),
  { ...words('State', (block) => LABELS.get(kindOf(block))!), width: 'middle' },
  words('Id', ({ id }) => (id === undefined ? NOTHING : visible(id))),
  number('Asked for', 'middle', ({ requested }) => requested, 'By'),
  number('Age', 'middle', ({ ageMillis }) => ageMillis, 'ms'),
];

function number(
  label: string,
  width: 'middle' | 'narrow',
  valueOf: (block: BlockPicture) => number | undefined,
  unit: string,
  text = (value: number): string => shortValue(value, unit),
): Column<BlockPicture> {
  const textOf = (block: BlockPicture): string => {
    const value = valueOf(block);
    return value === undefined ? NOTHING : text(value);
  };
  return { label, numeric: true, width, valueOf, textOf, titleOf: (block) => exactValue(valueOf(block), unit) };
}

function words(label: string, textOf: (block: BlockPicture) => string): Column<BlockPicture> {
  return { label, numeric: false, width: 'wide', valueOf: textOf, textOf, titleOf: textOf };
}
