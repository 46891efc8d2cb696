import type { PageSeries } from '../../shared/document.ts';
import { visible } from '../../shared/visible.ts';
import { element, setText } from '../dom.ts';
import { FIGURES, figureText, figureTitle } from '../table/series-columns.ts';

/** What a series is, and all its figures: rounded, and in full. */
export class FigureList {
  readonly element: HTMLElement;
  readonly #cells = new Map<string, readonly [short: HTMLElement, full: HTMLElement]>();
  readonly #note = element('p', { class: 'note' });

  constructor(series: PageSeries) {
    const rows = FIGURES.map(([key, label]) => {
      const cells = [element('td'), element('td', { class: 'full' })] as const;
      this.#cells.set(key, cells);
      return element('tr', {}, element('th', { scope: 'row' }, label), ...cells);
    });
    const head = ['Figure', 'Rounded', 'In full'].map((heading) => element('th', { scope: 'col' }, heading));
    const table = element(
      'table',
      { class: 'figures' },
      element('caption', {}, 'Figures'),
      element('thead', {}, element('tr', {}, ...head)),
    );
    table.append(element('tbody', {}, ...rows));
    this.element = element('div', {}, identityOf(series), table, this.#note);
    this.show(series);
  }

  show(series: PageSeries): void {
    for (const [key] of FIGURES) {
      const [short, full] = this.#cells.get(key)!;
      setText(short, figureText(series, key));
      setText(full, figureTitle(series, key));
    }
    const hasPercentiles = series.figures.p50 !== undefined;
    setText(this.#note, hasPercentiles && !series.figures.exactPercentiles ? 'Percentiles are interpolated within buckets.' : '');
  }
}

function identityOf({ source, type, unit, tags }: PageSeries): HTMLElement {
  const list = element('dl', { class: 'identity' });
  const add = (term: string, text: string): void =>
    list.append(element('dt', {}, element('bdi', {}, term)), element('dd', {}, element('bdi', {}, text)));
  add('Source', visible(source) || 'not told');
  add('Type', visible(type));
  add('Unit', visible(unit) || 'none');
  for (const [key, value] of Object.entries(tags)) add(visible(key), visible(String(value)));
  return list;
}
