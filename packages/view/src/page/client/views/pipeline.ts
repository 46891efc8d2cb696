import type { PageSeries } from '../../shared/document.ts';
import { visible } from '../../shared/visible.ts';
import { element, setAttribute, setText } from '../dom.ts';
import type { Pipeline, Stage } from '../model/pipelines.ts';
import { valueOf } from '../model/pools.ts';
import { ReadingList } from './reading-list.ts';
import { Rows, type RowView } from './rows.ts';
import { StageView, type StageOfPipeline } from './stage.ts';

/** A pipeline as the way that an item takes: from stage to stage, through the queue in front of each. */
export class PipelineView implements RowView<Pipeline> {
  readonly element: HTMLElement;
  readonly #name = element('h3');
  readonly #readings = new ReadingList();
  readonly #flow = element('ol', { class: 'flow' });
  readonly #stages: Rows<StageOfPipeline>;

  constructor(onChoose: (series: PageSeries) => void) {
    this.#stages = new Rows(this.#flow, () => new StageView(onChoose));
    this.element = element('article', { class: 'pipeline' }, this.#name, this.#readings.element, this.#flow);
  }

  show({ name, stages, time, items, cancelled, throughput }: Pipeline): void {
    setText(this.#name, visible(name));
    setAttribute(this.#flow, 'aria-label', `Stages of ${visible(name)}`);
    this.#readings.show([
      ['Items', items, valueOf(items)],
      ['Cancelled', cancelled, valueOf(cancelled)],
      ['Throughput', throughput, valueOf(throughput)],
      ['Item p50', time, time?.figures.p50],
      ['Item p95', time, time?.figures.p95],
      ['Item p99', time, time?.figures.p99],
    ]);
    const longest = Math.max(0, ...stages.flatMap((stage) => [averageOf(stage.wait), averageOf(stage.time)]));
    const deepest = Math.max(0, ...stages.map(({ depth }) => valueOf(depth) ?? 0));
    this.#stages.show(stages.map((stage: Stage) => ({ stage, longest, deepest })));
  }
}

function averageOf(series: PageSeries | undefined): number {
  return series?.figures.average ?? 0;
}
