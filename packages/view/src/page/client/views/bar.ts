import { element } from '../dom.ts';

/** A part of a whole as a length. What it shows is told in words beside it. */
export class Bar {
  readonly element: HTMLElement;
  readonly #fill = element('span', { class: 'fill' });

  constructor() {
    this.element = element('span', { class: 'bar', 'aria-hidden': 'true' }, this.#fill);
  }

  show(part: number | undefined, whole: number | undefined): void {
    const share = part !== undefined && whole !== undefined && whole > 0 ? part / whole : 0;
    this.#fill.style.width = `${100 * Math.min(1, Math.max(0, share))}%`;
  }
}
