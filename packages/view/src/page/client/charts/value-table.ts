import { element } from '../dom.ts';

export interface ValueTable {
  readonly caption: string;
  readonly headings: readonly string[];
  /** The first cell of each is its heading. */
  readonly rows: readonly (readonly string[])[];
}

/** A chart's values for those who do not see it, or want to read them; made when it is opened. */
export class ValueTableView {
  readonly element: HTMLDetailsElement;
  readonly #read: () => ValueTable;

  constructor(read: () => ValueTable) {
    this.#read = read;
    this.element = element('details', { class: 'values' }, element('summary', {}, 'Values as a table'));
    this.element.addEventListener('toggle', () => this.update());
  }

  update(): void {
    this.element.querySelector('.table-box')?.remove();
    if (!this.element.open) return;
    const { caption, headings, rows } = this.#read();
    const table = element(
      'table',
      {},
      element('caption', {}, caption),
      element('thead', {}, element('tr', {}, ...headings.map((heading) => element('th', { scope: 'col' }, heading)))),
      element('tbody', {}, ...rows.map(rowOf)),
    );
    this.element.append(element('div', { class: 'table-box', tabindex: 0, role: 'region', 'aria-label': caption }, table));
  }
}

function rowOf([heading = '', ...cells]: readonly string[]): HTMLTableRowElement {
  return element('tr', {}, element('th', { scope: 'row' }, heading), ...cells.map((cell) => element('td', {}, cell)));
}
