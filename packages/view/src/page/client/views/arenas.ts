import type { ArenaPicture } from '../../../model/arena.ts';
import { element, section } from '../dom.ts';
import { ArenaView } from './arena.ts';
import { Rows } from './rows.ts';

/** What memory pools look like inside, where the picture tells. */
export class ArenasView {
  readonly element: HTMLElement;
  readonly #arenas: Rows<ArenaPicture>;

  constructor() {
    const list = element('div');
    this.#arenas = new Rows(list, () => new ArenaView());
    this.element = section('Memory maps', { id: 'arenas' }, list);
  }

  show(arenas: readonly ArenaPicture[]): void {
    this.element.hidden = arenas.length === 0;
    this.#arenas.show(arenas);
  }
}
