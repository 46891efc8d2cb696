import { formatCount } from '@otel-perf/metrics';
import { element, section, setText } from '../dom.ts';
import { keyOf, type PageSeries } from '../../shared/document.ts';
import { filtered, type Wanted } from '../table/filter.ts';
import { seriesColumns, tagsInOrder } from '../table/series-columns.ts';
import { VirtualTable } from '../table/virtual-table.ts';

const KINDS: readonly (readonly [kind: Wanted['kind'], label: string])[] = [
  ['all', 'All kinds'],
  ['distribution', 'Distributions'],
  ['counter', 'Counters'],
  ['gauge', 'Gauges'],
];

/** The table of all series, and what narrows it down. */
export class SeriesView {
  readonly element: HTMLElement;
  readonly #table: VirtualTable<PageSeries>;
  readonly #text = element('input', { type: 'search', placeholder: 'name, source or tags', autocomplete: 'off', spellcheck: 'false' });
  readonly #kind = element('select', {}, ...KINDS.map(([value, label]) => element('option', { value }, label)));
  readonly #shown = element('p', { role: 'status', class: 'shown' });
  #series: readonly PageSeries[] = [];
  #tagsOf = tagsInOrder([]);

  constructor(onChoose: (series: PageSeries, byKeyboard: boolean) => void) {
    this.#table = new VirtualTable({ label: 'Series', columns: seriesColumns((series) => this.#tagsOf(series)), keyOf, onChoose });
    this.#text.addEventListener('input', () => this.#narrow());
    this.#text.addEventListener('keydown', (event) => {
      if (event.key !== 'ArrowDown' && event.key !== 'Enter') return;
      event.preventDefault();
      this.#table.focus();
    });
    this.#kind.addEventListener('change', () => this.#narrow());
    const tools = element('div', { class: 'tools', role: 'search' }, label('Filter', this.#text), label('Kind', this.#kind), this.#shown);
    this.element = section('Series', { id: 'series' }, tools, this.#table.element);
  }

  show(series: readonly PageSeries[]): void {
    this.#series = series;
    this.#tagsOf = tagsInOrder(series);
    this.#narrow();
  }

  /** Marks the row of a series that was chosen elsewhere. */
  choose(series: PageSeries): void {
    this.#table.choose(keyOf(series));
  }

  focus(): void {
    this.#table.focus();
  }

  #narrow(): void {
    const rows = filtered(this.#series, { text: this.#text.value, kind: this.#kind.value as Wanted['kind'] });
    this.#table.show(rows);
    const all = formatCount(this.#series.length);
    setText(this.#shown, rows.length === this.#series.length ? `${all} series` : `${formatCount(rows.length)} of ${all} series`);
  }
}

function label(text: string, control: HTMLElement): HTMLLabelElement {
  return element('label', {}, `${text} `, control);
}
