import type { PageSeries } from '../../shared/document.ts';
import { visible } from '../../shared/visible.ts';
import { element, section, setText } from '../dom.ts';
import { exactValue, NOTHING, share, shortCount, shortValue } from '../format.ts';
import { poolsOf, valueOf, type Pool } from '../model/pools.ts';
import { Bar } from './bar.ts';
import { Rows, type RowView } from './rows.ts';

type Figure = readonly [text: string, full: string];

const COLUMNS: readonly (readonly [heading: string, figure: (pool: Pool) => Figure])[] = [
  ['Used', ({ used }) => bytes(used)],
  ['Size', ({ size }) => bytes(size)],
  ['Requested', ({ requested }) => bytes(requested)],
  ['Largest free', ({ largestFree }) => bytes(largestFree)],
  ['Fragmentation', ({ fragmentation }) => bytes(fragmentation)],
  ['Allocations', ({ allocations }) => count(allocations)],
  ['Deallocations', ({ deallocations }) => count(deallocations)],
  ['Failures', ({ failures }) => failed(failures)],
  ['Leaks', ({ leaks }) => count(leaks)],
  ['Allocation p95', ({ allocateTime }) => p95(allocateTime)],
];

/** Memory pools, by their metrics. */
export class PoolsView {
  readonly element: HTMLElement;
  readonly #rows: Rows<Pool>;

  constructor() {
    const headings = ['Pool', 'Used of size', ...COLUMNS.map(([heading]) => heading)];
    const head = element('thead', {}, element('tr', {}, ...headings.map((heading) => element('th', { scope: 'col' }, heading))));
    const body = element('tbody');
    this.#rows = new Rows(body, () => new PoolRow());
    const table = element(
      'table',
      { class: 'pools' },
      element('caption', { class: 'unseen' }, 'Memory pools by their metrics'),
      head,
      body,
    );
    const box = element('div', { class: 'table-box', tabindex: 0, role: 'region', 'aria-label': 'Memory pools by their metrics' }, table);
    this.element = section('Memory pools', { id: 'pools' }, box);
  }

  show(series: readonly PageSeries[]): void {
    const pools = poolsOf(series);
    this.element.hidden = pools.length === 0;
    this.#rows.show(pools);
  }
}

class PoolRow implements RowView<Pool> {
  readonly element: HTMLTableRowElement;
  readonly #bar = new Bar();
  readonly #share = element('span');

  constructor() {
    const share = element('td', {}, this.#bar.element, ' ', this.#share);
    this.element = element('tr', {}, element('th', { scope: 'row' }), share, ...COLUMNS.map(() => element('td')));
  }

  show(pool: Pool): void {
    const [used, size] = [valueOf(pool.used), valueOf(pool.size)];
    setText(this.element.cells[0]!, `${visible(pool.type)} / ${visible(pool.name)}`);
    this.#bar.show(used, size);
    setText(this.#share, used === undefined || size === undefined ? NOTHING : share(used, size));
    for (const [i, [, figure]] of COLUMNS.entries()) {
      const [short, full] = figure(pool);
      const cell = this.element.cells[i + 2]!;
      setText(cell, short);
      cell.title = full;
    }
  }
}

function bytes(series: PageSeries | undefined): Figure {
  const [value, unit] = [valueOf(series), series?.unit ?? ''];
  return [shortValue(value, unit), exactValue(value, unit)];
}

function count(series: PageSeries | undefined): Figure {
  const value = valueOf(series);
  return [shortCount(value), exactValue(value, '')];
}

/** Of all reasons. */
function failed(failures: readonly PageSeries[]): Figure {
  const total = failures.length === 0 ? undefined : failures.reduce((sum, each) => sum + (valueOf(each) ?? 0), 0);
  const reasons = failures.map((each) => `${visible(String(each.tags['reason'] ?? ''))}: ${exactValue(valueOf(each), '')}`);
  return [shortCount(total), reasons.length === 0 ? exactValue(undefined, '') : reasons.join(', ')];
}

function p95(series: PageSeries | undefined): Figure {
  const [value, unit] = [series?.figures.p95, series?.unit ?? ''];
  return [shortValue(value, unit), exactValue(value, unit)];
}
