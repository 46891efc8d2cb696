import { keyOf, type PageSeries } from '../../shared/document.ts';
import { visible } from '../../shared/visible.ts';
import { binsOf, HistogramContent } from '../charts/histogram.ts';
import { Chart } from '../charts/chart.ts';
import { TimeSeriesContent } from '../charts/time-series.ts';
import type { TimeSeries } from '../model/time-series.ts';
import { button, element, freshId } from '../dom.ts';
import { FigureList } from './figure-list.ts';
import { legend } from './legend.ts';

export interface DetailOptions {
  /** What is drawn over time of a series; nothing where there is nothing. */
  readonly timeSeriesOf: (series: PageSeries) => TimeSeries | undefined;
  /** Back to the table. */
  readonly onClose: () => void;
}

/** What is chosen now. */
interface Shown {
  readonly key: string;
  readonly figures: FigureList;
  readonly histogram?: { readonly chart: Chart; readonly content: HistogramContent };
  readonly times?: { readonly chart: Chart; readonly content: TimeSeriesContent };
}

/** All that is known of the series that was chosen. */
export class DetailView {
  readonly element: HTMLElement;
  readonly #options: DetailOptions;
  readonly #heading: HTMLHeadingElement;
  readonly #content = element('div');
  #shown: Shown | undefined;

  constructor(options: DetailOptions) {
    this.#options = options;
    const id = freshId();
    this.#heading = element('h2', { id, tabindex: -1 });
    const close = button('Back to the table', options.onClose, { class: 'back' });
    this.element = element('section', { id: 'detail', 'aria-labelledby': id }, this.#heading, close, this.#content);
    this.element.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') options.onClose();
    });
    this.element.hidden = true;
  }

  /** The key of the series that is shown. */
  get key(): string | undefined {
    return this.#shown?.key;
  }

  show(series: PageSeries): void {
    const key = keyOf(series);
    if (this.#shown?.key === key) {
      this.#update(this.#shown, series);
      return;
    }
    this.#shown?.histogram?.chart.remove();
    this.#shown?.times?.chart.remove();
    this.element.hidden = false;
    this.#heading.replaceChildren(element('bdi', {}, visible(series.name)));
    const shown = this.#make(key, series);
    this.#shown = shown;
    const charts = [shown.histogram, shown.times].flatMap((each) => each?.chart.element ?? []);
    this.#content.replaceChildren(shown.figures.identity, ...charts, shown.figures.element);
  }

  focus(): void {
    this.#heading.focus();
  }

  #make(key: string, series: PageSeries): Shown {
    const figures = new FigureList(series);
    const times = this.#options.timeSeriesOf(series);
    return {
      key,
      figures,
      ...(binsOf(series) && { histogram: histogramChart(series) }),
      ...(times && { times: timeChart(times) }),
    };
  }

  #update({ figures, histogram, times }: Shown, series: PageSeries): void {
    figures.show(series);
    if (histogram !== undefined) {
      histogram.content.series = series;
      histogram.chart.update();
    }
    const values = this.#options.timeSeriesOf(series);
    if (times !== undefined && values !== undefined) {
      times.content.shown = values;
      times.chart.update();
    }
  }
}

function histogramChart(series: PageSeries): NonNullable<Shown['histogram']> {
  const content = new HistogramContent(series);
  return { content, chart: new Chart('Distribution', content) };
}

function timeChart(times: TimeSeries): NonNullable<Shown['times']> {
  const content = new TimeSeriesContent(times);
  return { content, chart: new Chart('Over time', content, times.lines.length > 1 ? legend(times.lines) : undefined) };
}
