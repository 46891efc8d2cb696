import { element, freshId, setAttribute, setText } from '../dom.ts';
import { onThemeChange } from '../theme.ts';
import type uPlot from 'uplot';
import { Plot } from './uplot.ts';
import { ValueTableView, type ValueTable } from './value-table.ts';

const HEIGHT = 220;

/** What a kind of chart knows of its data. */
export interface ChartContent {
  /** Without size. Made anew whenever the theme changes. */
  options(): Omit<uPlot.Options, 'width' | 'height'>;
  data(): uPlot.AlignedData;
  /** One sentence that says what is to be seen. */
  summary(): string;
  table(): ValueTable;
  /** Of the place that the pointer is at. */
  at(index: number): string;
}

/** A chart with a heading, a summary in words, and its values as a table. */
export class Chart {
  readonly element: HTMLElement;
  readonly #content: ChartContent;
  readonly #place = element('div', { class: 'plot' });
  readonly #image: HTMLElement;
  readonly #summary = element('p', { class: 'summary' });
  readonly #pointed = element('p', { class: 'pointed', 'aria-hidden': 'true' });
  readonly #table: ValueTableView;
  readonly #sizes = new ResizeObserver(() => this.#resize());
  readonly #stopThemes: () => void;
  #plot: uPlot | undefined;

  constructor(title: string, content: ChartContent, legend?: HTMLElement) {
    this.#content = content;
    const id = freshId();
    this.#image = element('div', { role: 'img' }, this.#place);
    this.#table = new ValueTableView(() => content.table());
    const parts = [this.#image, this.#pointed, this.#table.element];
    this.element = element('figure', { 'aria-labelledby': id }, element('h3', { id }, title), this.#summary);
    if (legend !== undefined) this.element.append(legend);
    this.element.append(...parts);
    this.#stopThemes = onThemeChange(() => this.#rebuild());
    this.#sizes.observe(this.#place);
    this.#tell();
  }

  /** The content has changed. */
  update(): void {
    this.#tell();
    this.#table.update();
    this.#plot?.setData(this.#content.data());
  }

  remove(): void {
    this.#stopThemes();
    this.#sizes.disconnect();
    this.#plot?.destroy();
    this.element.remove();
  }

  #tell(): void {
    const summary = this.#content.summary();
    setText(this.#summary, summary);
    setAttribute(this.#image, 'aria-label', summary);
  }

  #resize(): void {
    const width = this.#place.clientWidth;
    if (width === 0) return;
    if (this.#plot === undefined) this.#rebuild();
    else if (this.#plot.width !== width) this.#plot.setSize({ width, height: HEIGHT });
  }

  #rebuild(): void {
    const width = this.#place.clientWidth;
    this.#plot?.destroy();
    this.#plot = undefined;
    if (width === 0) return;
    const options = this.#content.options();
    const pointed = (plot: uPlot): void => setText(this.#pointed, plot.cursor.idx == null ? '' : this.#content.at(plot.cursor.idx));
    const hooks = { ...options.hooks, setCursor: [pointed] };
    this.#plot = new Plot({ ...options, width, height: HEIGHT, legend: { show: false }, hooks }, this.#content.data(), this.#place);
  }
}
