import type { PageSeries } from '../../shared/document.ts';
import { visible } from '../../shared/visible.ts';
import { button, element, setAttribute, setText } from '../dom.ts';
import { valueOf } from '../model/pools.ts';
import type { Stage } from '../model/pipelines.ts';
import { ReadingList } from './reading-list.ts';
import type { RowView } from './rows.ts';

export interface StageOfPipeline {
  readonly stage: Stage;
  /** The longest average time of the pipeline, working or waiting, and its deepest queue: what bars are shares of. */
  readonly longest: number;
  readonly deepest: number;
}

/** A stage and the queue in front of it. */
export class StageView implements RowView<StageOfPipeline> {
  readonly element: HTMLElement;
  readonly #name = element('h4');
  readonly #queue = new ReadingList();
  readonly #readings = new ReadingList();
  readonly #showWait: HTMLButtonElement;
  readonly #showTimes: HTMLButtonElement;
  #stage: Stage | undefined;

  constructor(onChoose: (series: PageSeries) => void) {
    const choose = (of: (stage: Stage) => PageSeries | undefined): void => {
      const series = this.#stage && of(this.#stage);
      if (series !== undefined) onChoose(series);
    };
    this.#showWait = button('Detail', () => choose(({ wait }) => wait));
    this.#showTimes = button('Detail', () => choose(({ time }) => time));
    const queue = element('div', { class: 'queue' }, part('Queue', this.#showWait), this.#queue.element);
    const work = element('div', { class: 'work' }, part('Calls', this.#showTimes), this.#readings.element);
    this.element = element('li', {}, this.#name, queue, work);
  }

  show({ stage, longest, deepest }: StageOfPipeline): void {
    this.#stage = stage;
    const { name, depth, wait, time, workers, batchSize, failed } = stage;
    const shown = visible(name);
    setText(this.#name, shown);
    this.#queue.show([
      ['Items in it', depth, valueOf(depth), deepest],
      ['Wait average', wait, wait?.figures.average, longest],
      ['Wait p50', wait, wait?.figures.p50],
      ['Wait p95', wait, wait?.figures.p95],
    ]);
    this.#readings.show([
      ['Average', time, time?.figures.average, longest],
      ['p50', time, time?.figures.p50],
      ['p95', time, time?.figures.p95],
      ['p99', time, time?.figures.p99],
      ['Workers', workers, valueOf(workers)],
      ['Batch size', batchSize, valueOf(batchSize)],
      ['Failed', failed[0], failed.length === 0 ? undefined : failed.reduce((sum, each) => sum + (valueOf(each) ?? 0), 0)],
    ]);
    this.#showWait.hidden = wait === undefined;
    this.#showTimes.hidden = time === undefined;
    setAttribute(this.#showWait, 'aria-label', `Detail of waiting in front of ${shown}`);
    setAttribute(this.#showTimes, 'aria-label', `Detail of calls of ${shown}`);
  }
}

function part(title: string, show: HTMLButtonElement): HTMLElement {
  return element('div', { class: 'part' }, element('p', {}, title), show);
}
