import type { SeriesKind } from '../../../model/picture.ts';
import type { PageSeries } from '../../shared/document.ts';
import { tagsText } from '../format.ts';

export interface Wanted {
  /** Words that all must be in the name, the source or the tags, in any case. */
  readonly text: string;
  readonly kind: SeriesKind | 'all';
}

const searched = new WeakMap<PageSeries, string>();

export function filtered(series: readonly PageSeries[], { text, kind }: Wanted): readonly PageSeries[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0 && kind === 'all') return series;
  return series.filter((each) => {
    if (kind !== 'all' && each.kind !== kind) return false;
    const within = searchedText(each);
    return words.every((word) => within.includes(word));
  });
}

function searchedText(series: PageSeries): string {
  let text = searched.get(series);
  if (text === undefined) {
    text = `${series.name} ${tagsText(series.tags)} ${series.source}`.toLowerCase();
    searched.set(series, text);
  }
  return text;
}
