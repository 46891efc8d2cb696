import type { PageSeries } from '../../shared/document.ts';
import { element, setText } from '../dom.ts';
import { exactValue, shortValue } from '../format.ts';

/** A figure by its name: the series that it is of, the value in the series' unit, and the greatest of its kind where a bar is drawn. */
export type Reading = readonly [label: string, series: PageSeries | undefined, value: number | undefined, greatest?: number];

/** Figures with their names; those that are not known are left out. */
export class ReadingList {
  readonly element = element('dl', { class: 'readings' });
  readonly #shown = new Map<string, readonly [row: HTMLElement, value: HTMLElement]>();

  show(readings: readonly Reading[]): void {
    for (const [label, series, value, greatest] of readings) {
      const [row, cell] = this.#shown.get(label) ?? this.#add(label);
      const unit = series?.unit ?? '';
      row.hidden = value === undefined;
      setText(cell, shortValue(value, unit));
      cell.title = exactValue(value, unit);
      row.classList.toggle('measured', greatest !== undefined);
      if (greatest !== undefined) row.style.setProperty('--share', String(shareOf(value, greatest)));
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

function shareOf(part: number | undefined, whole: number): number {
  return part !== undefined && whole > 0 ? Math.min(1, Math.max(0, part / whole)) : 0;
}
