import { keyOf, type PageDocument, type PageSeries } from '../shared/document.ts';
import { visible } from '../shared/visible.ts';
import type { TimeSeries } from './model/time-series.ts';
import { element, setText } from './dom.ts';
import { instant } from './format.ts';
import { themeButton } from './theme.ts';
import { ArenasView } from './views/arenas.ts';
import { DetailView } from './views/detail.ts';
import { PipelinesView } from './views/pipelines.ts';
import { PoolsView } from './views/pools.ts';
import { ProblemsView } from './views/problems.ts';
import { SeriesView } from './views/series.ts';

export interface AppOptions {
  readonly title: string;
  readonly timeSeriesOf: (series: PageSeries) => TimeSeries | undefined;
}

/** The whole page. */
export class App {
  readonly #from = element('p', { class: 'from' });
  readonly #connection = element('p', { role: 'status', class: 'connection' });
  readonly #links = element('ul');
  readonly #series: SeriesView;
  readonly #detail: DetailView;
  readonly #pipelines: PipelinesView;
  readonly #pools = new PoolsView();
  readonly #arenas = new ArenasView();
  readonly #problems = new ProblemsView();

  constructor({ title, timeSeriesOf }: AppOptions) {
    this.#series = new SeriesView((series, byKeyboard) => this.#choose(series, byKeyboard));
    this.#detail = new DetailView({ timeSeriesOf, onClose: () => this.#series.focus() });
    this.#pipelines = new PipelinesView((series) => {
      this.#series.choose(series);
      this.#choose(series, true);
    });
    const header = element('header', {}, element('h1', {}, title), this.#from, this.#connection, themeButton());
    const nav = element('nav', { 'aria-label': 'Parts of this page' }, this.#links);
    const series = element('div', { class: 'series-and-detail' }, this.#series.element, this.#detail.element);
    const parts = [this.#pipelines, this.#pools, this.#arenas, this.#problems].map((view) => view.element);
    document.body.append(header, nav, element('main', {}, series, ...parts));
  }

  show({ from, takenAt, series, arenas, problems }: PageDocument): void {
    setText(this.#from, `From ${visible(from)}, ${instant(takenAt)}`);
    this.#series.show(series);
    this.#pipelines.show(series);
    this.#pools.show(series);
    this.#arenas.show(arenas);
    this.#problems.show(problems);
    const chosen = this.#detail.key;
    const shown = chosen === undefined ? undefined : series.find((each) => keyOf(each) === chosen);
    if (shown !== undefined) this.#detail.show(shown);
    this.#link();
  }

  /** Why what is shown is not of now; nothing where it is. */
  tellConnection(text: string): void {
    setText(this.#connection, text);
    this.#connection.classList.toggle('lost', text !== '');
  }

  #choose(series: PageSeries, andGoThere: boolean): void {
    this.#detail.show(series);
    if (andGoThere) this.#detail.focus();
  }

  /** Links to the parts that there are. */
  #link(): void {
    const parts = [...document.querySelectorAll<HTMLElement>('main section[id]')].filter(({ hidden, id }) => !hidden && id !== 'detail');
    if (parts.length === this.#links.children.length) return;
    const links = parts.map(({ id, firstElementChild }) => element('a', { href: `#${id}` }, firstElementChild?.textContent ?? id));
    this.#links.replaceChildren(...links.map((link) => element('li', {}, link)));
  }
}
