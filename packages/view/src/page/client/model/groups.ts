import { otherTags, plainName, tagOf } from '../../../top/label.ts';
import type { PageSeries } from '../../shared/document.ts';

/** Series that are of one thing, such as a pool: those whose tags are the same but for what tells its parts. */
export interface Group {
  /** The values of the tags that name it. */
  readonly names: readonly string[];
  readonly series: readonly PageSeries[];
}

/** The groups of series that have all tags `naming`, in the order in which they first come; `parts` may differ within a group. */
export function groupsOf(series: readonly PageSeries[], naming: readonly string[], parts: readonly string[]): Group[] {
  const groups = new Map<string, { names: string[]; series: PageSeries[] }>();
  for (const each of series) {
    const names = naming.flatMap((tag) => tagOf(each, tag) ?? []);
    if (names.length < naming.length) continue;
    const key = JSON.stringify([names, otherTags(each, [...naming, ...parts])]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { names, series: [each] });
    else group.series.push(each);
  }
  return [...groups.values()];
}

/** The first series of each part, by the names of docs/metric-names.md; times of calls that failed are none of them. */
export function partsOf<Part extends string>(
  series: readonly PageSeries[],
  parts: ReadonlyMap<string, Part>,
): Partial<Record<Part, PageSeries>> {
  const found: Partial<Record<Part, PageSeries>> = {};
  for (const each of series) {
    const part = parts.get(plainName(each.name));
    if (part !== undefined && tagOf(each, 'error.type') === undefined) found[part] ??= each;
  }
  return found;
}
