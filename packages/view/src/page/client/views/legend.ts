import type { Line } from '../model/time-series.ts';
import { element } from '../dom.ts';

/** Which line is which: the style sheet draws them as the chart does. */
export function legend(lines: readonly Line[]): HTMLElement {
  const items = lines.map(({ label }, i) =>
    element('li', {}, element('span', { class: `line line-${i + 1}`, 'aria-hidden': 'true' }), label),
  );
  return element('ul', { class: 'legend' }, ...items);
}
