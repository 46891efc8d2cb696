import type { PageSeries } from '../../shared/document.ts';
import { visible } from '../../shared/visible.ts';
import { element, setText } from '../dom.ts';
import { FIGURES, figureText, figureTitle } from '../table/series-columns.ts';

/** What a series is, and all its figures that the source tells: rounded, and in full. */
export class FigureList {
  /** Source, type, unit and tags. */
  readonly identity: HTMLElement;
  readonly element: HTMLElement;
  readonly #rows = new Map<string, readonly [row: HTMLElement, short: HTMLElement, full: HTMLElement]>();
  readonly #note = element('p', { class: 'note' });

  constructor(series: PageSeries) {
    const rows = FIGURES.map(([key, label]) => {
      const cells = [element('td'), element('td', { class: 'full' })] as const;
      const row = element('tr', {}, element('th', { scope: 'row' }, label), ...cells);
      this.#rows.set(key, [row, ...cells]);
      return row;
    });
    const head = ['Figure', 'Rounded', 'In full'].map((heading) => element('th', { scope: 'col' }, heading));
    const table = element(
      'table',
      { class: 'figures' },
      element('caption', {}, 'Figures'),
      element('thead', {}, element('tr', {}, ...head)),
    );
    table.append(element('tbody', {}, ...rows));
    this.identity = identityOf(series);
    this.element = element('div', { class: 'figure-list' }, table, this.#note);
    this.show(series);
  }

  show(series: PageSeries): void {
    for (const [key] of FIGURES) {
      const [row, short, full] = this.#rows.get(key)!;
      row.hidden = series.figures[key] === undefined;
      setText(short, figureText(series, key));
      setText(full, figureTitle(series, key));
    }
    setText(this.#note, notesOf(series).join(' '));
  }
}

function notesOf({ figures }: PageSeries): string[] {
  const isEstimate = figures.p50 !== undefined && !figures.exactPercentiles;
  const untold = FIGURES.filter(([key]) => figures[key] === undefined).map(([, label]) => label);
  return [
    ...(isEstimate ? ['Percentiles are interpolated within buckets.'] : []),
    ...(untold.length > 0 ? [`The source does not tell: ${untold.join(', ')}.`] : []),
  ];
}

function identityOf({ source, type, unit, tags }: PageSeries): HTMLElement {
  const list = element('dl', { class: 'identity' });
  const add = (term: string, text: string): void =>
    list.append(element('div', {}, element('dt', {}, element('bdi', {}, term)), element('dd', {}, element('bdi', {}, text))));
  add('Source', visible(source) || 'not told');
  add('Type', visible(type));
  add('Unit', visible(unit) || 'none');
  for (const [key, value] of Object.entries(tags)) add(visible(key), visible(String(value)));
  return list;
}
