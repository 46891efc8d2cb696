import type { SeriesPicture } from '../../model/picture.ts';
import { labelOf } from '../../top/label.ts';

/** What series are called among `all`: name and tags, with the source where that says which one it is. */
export function seriesNames(all: readonly SeriesPicture[]): (series: SeriesPicture) => string {
  const seen = new Set<string>();
  const ambiguous = new Set<string>();
  for (const label of all.map(labelOf)) {
    if (seen.has(label)) ambiguous.add(label);
    seen.add(label);
  }
  return (series) => {
    const label = labelOf(series);
    return ambiguous.has(label) && series.source !== '' ? `${label} (${series.source})` : label;
  };
}
