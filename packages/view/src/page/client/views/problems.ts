import { formatCount } from '@otel-perf/metrics';
import { visible } from '../../shared/visible.ts';
import { element, section, setText } from '../dom.ts';
import { Rows, type RowView } from './rows.ts';

const MOST = 200;

/** What could not be read. */
export class ProblemsView {
  readonly element: HTMLElement;
  readonly #count = element('p');
  readonly #problems: Rows<string>;

  constructor() {
    const list = element('ul');
    this.#problems = new Rows(list, makeItem);
    this.element = section('Problems', { id: 'problems' }, this.#count, list);
  }

  show(problems: readonly string[]): void {
    this.element.hidden = problems.length === 0;
    setText(this.#count, problems.length > MOST ? `The first ${MOST} of ${formatCount(problems.length)}:` : 'Could not be read:');
    this.#problems.show(problems.slice(0, MOST));
  }
}

function makeItem(): RowView<string> {
  const item = element('li');
  return { element: item, show: (problem) => setText(item, visible(problem)) };
}
