import type { PageSeries } from '../../shared/document.ts';
import { element, setText } from '../dom.ts';
import { exactValue, shortValue } from '../format.ts';

/** A figure by its name: the series that it is of, and the value in the series' unit. */
export type Reading = readonly [label: string, series: PageSeries | undefined, value: number | undefined];

/** Figures with their names; those that are not known are left out. */
export class ReadingList {
  readonly element = element('dl', { class: 'readings' });
  readonly #shown = new Map<string, readonly [row: HTMLElement, value: HTMLElement]>();

  show(readings: readonly Reading[]): void {
    for (const [label, series, value] of readings) {
      const [row, cell] = this.#shown.get(label) ?? this.#add(label);
      const unit = series?.unit ?? '';
      row.hidden = value === undefined;
      setText(cell, shortValue(value, unit));
      cell.title = exactValue(value, unit);
    }
  }

  #add(label: string): readonly [HTMLElement, HTMLElement] {
    const value = element('dd');
    const row = element('div', {}, element('dt', {}, label), value);
    this.element.append(row);
    this.#shown.set(label, [row, value]);
    return [row, value];
  }
}
