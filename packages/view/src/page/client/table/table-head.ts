import { button, element, setAttribute } from '../dom.ts';
import type { Column, Order } from './column.ts';

/** Headings that sort: at first numbers from the largest down, words from the start of the alphabet; then the other way round. */
export class TableHead<Row> {
  readonly element: HTMLTableSectionElement;
  readonly #columns: readonly Column<Row>[];
  readonly #cells: readonly HTMLTableCellElement[];
  readonly #onSort: () => void;
  #order: Order | undefined;

  constructor(columns: readonly Column<Row>[], order: Order | undefined, onSort: () => void) {
    this.#columns = columns;
    this.#order = order;
    this.#onSort = onSort;
    this.#cells = columns.map(({ label, numeric }, index) => {
      const sort = button(label, () => this.#sortBy(index));
      return element('th', { scope: 'col', class: numeric ? undefined : 'words' }, sort);
    });
    this.element = element('thead', {}, element('tr', { 'aria-rowindex': 1 }, ...this.#cells));
    this.#tell();
  }

  get order(): Order | undefined {
    return this.#order;
  }

  get height(): number {
    return this.element.offsetHeight;
  }

  #sortBy(index: number): void {
    const isSame = this.#order?.index === index;
    this.#order = { index, descending: isSame ? !this.#order!.descending : this.#columns[index]!.numeric };
    this.#tell();
    this.#onSort();
  }

  #tell(): void {
    for (const [i, cell] of this.#cells.entries()) {
      const direction = this.#order?.index === i ? (this.#order.descending ? 'descending' : 'ascending') : 'none';
      setAttribute(cell, 'aria-sort', direction);
    }
  }
}
