import { element, setAttribute, setText } from '../dom.ts';
import { sorted, type Column, type Order } from './column.ts';
import { TableHead } from './table-head.ts';
import { scrollTo, windowOf, type Viewport } from './window.ts';

export interface TableOptions<Row> {
  /** What a screen reader calls it. */
  readonly label: string;
  /** The first one is the row's heading. */
  readonly columns: readonly Column<Row>[];
  readonly keyOf: (row: Row) => string;
  /** Somebody wants to see this row; with the keyboard, they may want to go there. */
  readonly onChoose: (row: Row, byKeyboard: boolean) => void;
  /** Without one, rows are in the order in which they come. */
  readonly order?: Order;
}

/**
 * A table of any number of rows that all are equally high, of which only those are in the document that can be seen, and a few beyond.
 * Arrow keys, Page Up, Page Down, Home and End go from row to row, Enter and Space choose one.
 */
export class VirtualTable<Row> {
  readonly element: HTMLElement;
  readonly #options: TableOptions<Row>;
  readonly #table: HTMLTableElement;
  readonly #head: TableHead<Row>;
  readonly #body = element('tbody');
  readonly #above = spacer();
  readonly #below = spacer();
  readonly #made = new Map<number, HTMLTableRowElement>();
  #given: readonly Row[] = [];
  #rows: readonly Row[] = [];
  #rowHeight = 28;
  #mostRows = 0;
  /** The row that the keyboard is at, and the one that was chosen. */
  #active = 0;
  #chosen: string | undefined;

  constructor(options: TableOptions<Row>) {
    this.#options = options;
    const { label, columns } = options;
    this.#head = new TableHead(columns, options.order, () => this.#sort());
    this.#body.append(this.#above, this.#below);
    const widths = element('colgroup', {}, ...columns.map(({ width }) => element('col', { class: width })));
    this.#table = element(
      'table',
      { role: 'grid', 'aria-label': label, 'aria-colcount': columns.length, tabindex: -1, class: 'virtual' },
      widths,
      this.#head.element,
      this.#body,
    );
    this.element = element('div', { class: 'scroller' }, this.#table);
    this.element.addEventListener('scroll', () => this.#render(), { passive: true });
    this.#table.addEventListener('keydown', (event) => this.#pressed(event));
    this.#body.addEventListener('click', (event) => this.#clicked(event));
    new ResizeObserver(() => this.#render()).observe(this.element);
  }

  /** Shows these rows in place of those before; the keyboard stays at the row that it was at. */
  show(rows: readonly Row[]): void {
    this.#given = rows;
    const noteOf = this.#options.columns[0]?.noteOf;
    this.#table.classList.toggle('plain', noteOf === undefined || rows.every((row) => noteOf(row) === ''));
    this.#sort();
  }

  /** Marks the row, and makes it the one that the keyboard comes to. */
  choose(key: string): void {
    this.#chosen = key;
    const index = this.#rows.findIndex((row) => this.#options.keyOf(row) === key);
    if (index !== -1) {
      this.#active = index;
      this.element.scrollTop = scrollTo(index, this.#viewport());
    }
    this.#render();
  }

  /** Brings the keyboard to the row that it was at last. */
  focus(): void {
    this.#goTo(this.#active);
  }

  #sort(): void {
    const { keyOf, columns } = this.#options;
    const before = this.#rows[this.#active];
    const order = this.#head.order;
    this.#rows = order === undefined ? this.#given : sorted(this.#given, columns[order.index]!, order.descending);
    const key = before === undefined ? undefined : keyOf(before);
    this.#active = Math.max(0, key === undefined ? 0 : this.#rows.findIndex((row) => keyOf(row) === key));
    setAttribute(this.#table, 'aria-rowcount', this.#rows.length + 1);
    this.#render();
  }

  #viewport(): Viewport {
    const { scrollTop, clientHeight } = this.element;
    return { top: scrollTop, height: clientHeight - this.#head.height, rowHeight: this.#rowHeight, rows: this.#rows.length };
  }

  /** Rows that stay are not touched, so that they keep the focus. */
  #render(): void {
    const { from, to } = windowOf(this.#viewport());
    const leaving = this.#made
      .entries()
      .filter(([index]) => index < from || index >= to)
      .toArray();
    // The focus must not fall out of the table with a row that is scrolled away. To move it makes the browser work the layout out, so it
    // comes first: without the rows the table would be shorter for a moment, and the scrolling cut short.
    if (leaving.some(([, row]) => row === document.activeElement)) this.#table.focus({ preventScroll: true });
    for (const [index, row] of leaving) {
      row.remove();
      this.#made.delete(index);
    }
    this.#above.style.height = `${from * this.#rowHeight}px`;
    this.#below.style.height = `${(this.#rows.length - to) * this.#rowHeight}px`;
    let next = this.#above.nextElementSibling!;
    for (let index = from; index < to; index++) {
      const row = this.#made.get(index) ?? this.#make(index);
      this.#fill(row, index);
      if (row === next) next = next.nextElementSibling!;
      else next.before(row);
    }
    this.#measure();
  }

  #make(index: number): HTMLTableRowElement {
    const cells = this.#options.columns.map(({ numeric, noteOf }, i) => {
      if (i > 0) return element('td', { class: numeric ? undefined : 'words' });
      return element('th', { scope: 'row' }, ...(noteOf === undefined ? [] : [element('bdi'), ' ', element('bdi', { class: 'note' })]));
    });
    const row = element('tr', {}, ...cells);
    this.#made.set(index, row);
    return row;
  }

  #fill(row: HTMLTableRowElement, index: number): void {
    const { columns, keyOf } = this.#options;
    const shown = this.#rows[index]!;
    setAttribute(row, 'aria-rowindex', index + 2);
    setAttribute(row, 'tabindex', index === this.#active ? 0 : -1);
    setAttribute(row, 'aria-selected', keyOf(shown) === this.#chosen ? 'true' : 'false');
    for (const [i, { textOf, noteOf, titleOf }] of columns.entries()) {
      const cell = row.cells[i]!;
      setText(noteOf === undefined ? cell : cell.firstElementChild!, textOf(shown));
      if (noteOf !== undefined) setText(cell.lastElementChild!, noteOf(shown));
      const title = titleOf(shown);
      if (cell.title !== title) cell.title = title;
    }
  }

  /** Fonts differ, and so do people's settings. */
  #measure(): void {
    const { offsetHeight, clientHeight, style } = this.element;
    this.#mostRows = Math.max(this.#mostRows, this.#rows.length);
    const most = this.#head.height + Math.max(1, this.#mostRows) * this.#rowHeight + offsetHeight - clientHeight;
    style.setProperty('--most', `${Math.ceil(most)}px`);
    const [row] = this.#made.values();
    const height = row?.getBoundingClientRect().height ?? 0;
    if (height === 0 || Math.abs(height - this.#rowHeight) < 0.01) return;
    this.#rowHeight = height;
    this.#render();
  }

  #goTo(index: number): void {
    if (this.#rows.length === 0) return;
    this.#active = Math.min(this.#rows.length - 1, Math.max(0, index));
    this.element.scrollTop = scrollTo(this.#active, this.#viewport());
    this.#render();
    this.#made.get(this.#active)?.focus({ preventScroll: true });
  }

  #pressed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || (event.target as Element).closest('thead') !== null) return;
    const page = Math.max(1, Math.floor(this.#viewport().height / this.#rowHeight) - 1);
    const targets: Readonly<Record<string, number>> = {
      ArrowDown: this.#active + 1,
      ArrowUp: this.#active - 1,
      PageDown: this.#active + page,
      PageUp: this.#active - page,
      Home: 0,
      End: this.#rows.length - 1,
    };
    const target = targets[event.key];
    if (target !== undefined) this.#goTo(target);
    else if (event.key === 'Enter' || event.key === ' ') this.#select(this.#active, true);
    else return;
    event.preventDefault();
  }

  #clicked(event: Event): void {
    const row = (event.target as Element).closest('tr');
    for (const [index, made] of this.#made) if (made === row) this.#select(index, false);
  }

  #select(index: number, byKeyboard: boolean): void {
    const row = this.#rows[index];
    if (row === undefined) return;
    this.#active = index;
    this.#chosen = this.#options.keyOf(row);
    this.#render();
    this.#options.onChoose(row, byKeyboard);
  }
}

/** Takes the place of the rows that are not there. */
function spacer(): HTMLTableRowElement {
  return element('tr', { role: 'presentation', 'aria-hidden': 'true', class: 'spacer' });
}
