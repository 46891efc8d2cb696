import type { PageSeries } from '../../shared/document.ts';
import { element, section } from '../dom.ts';
import { pipelinesOf, type Pipeline } from '../model/pipelines.ts';
import { Bar } from './bar.ts';
import { PipelineView } from './pipeline.ts';
import { Rows } from './rows.ts';

/** Pipelines, by their metrics. */
export class PipelinesView {
  readonly element: HTMLElement;
  readonly #pipelines: Rows<Pipeline>;

  constructor(onChoose: (series: PageSeries) => void) {
    const list = element('div');
    this.#pipelines = new Rows(list, () => new PipelineView(onChoose));
    this.element = section('Pipelines', { id: 'pipelines' }, key(), list);
  }

  show(series: readonly PageSeries[]): void {
    const pipelines = pipelinesOf(series);
    this.element.hidden = pipelines.length === 0;
    this.#pipelines.show(pipelines);
  }
}

/** What the bars of a stage are: each a share of the largest of its pipeline. */
function key(): HTMLElement {
  const bars = [
    ['depth', 'items in the queue'],
    ['wait', 'average wait'],
    ['', 'average time of a call'],
  ] as const;
  const items = bars.map(([kind, label]) => {
    const bar = new Bar(kind);
    bar.show(1, 1);
    return element('li', {}, bar.element, label);
  });
  return element('ul', { class: 'legend key' }, ...items);
}
