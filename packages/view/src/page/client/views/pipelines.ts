import type { PageSeries } from '../../shared/document.ts';
import { element, section } from '../dom.ts';
import { pipelinesOf, type Pipeline } from '../model/pipelines.ts';
import { PipelineView } from './pipeline.ts';
import { Rows } from './rows.ts';

const NOTE =
  'Stages in order, each with the queue in front of it. Bars: share of the deepest queue, and of the longest average, of the pipeline.';

/** Pipelines, by their metrics. */
export class PipelinesView {
  readonly element: HTMLElement;
  readonly #pipelines: Rows<Pipeline>;

  constructor(onChoose: (series: PageSeries) => void) {
    const list = element('div');
    this.#pipelines = new Rows(list, () => new PipelineView(onChoose));
    this.element = section('Pipelines', { id: 'pipelines' }, element('p', { class: 'note' }, NOTE), list);
  }

  show(series: readonly PageSeries[]): void {
    const pipelines = pipelinesOf(series);
    this.element.hidden = pipelines.length === 0;
    this.#pipelines.show(pipelines);
  }
}
