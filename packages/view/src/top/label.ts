import type { SeriesPicture } from '../model/picture.ts';

/** A series as Prometheus writes it: `name{tag="value"}`. */
export function labelOf({ name, tags }: SeriesPicture): string {
  const pairs = Object.entries(tags).map(([key, value]) => `${key}="${String(value).replace(/["\\]/g, '\\$&')}"`);
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

/** The name as docs/metric-names.md has it, without what Prometheus' naming appends: the unit's words and `total`. */
export function plainName(name: string): string {
  return name.replace(/_total$/, '').replace(/_(bytes|seconds|ratio|per_second)$/, '');
}

/** The tag's value, under its own name or as a label of Prometheus. */
export function tagOf({ tags }: SeriesPicture, key: string): string | undefined {
  const value = tags[key] ?? tags[key.replaceAll('.', '_')];
  return value === undefined ? undefined : String(value);
}

/** A text that series share whose tags are the same but for those of `keys`, and whose source is. */
export function otherTags({ source, tags }: SeriesPicture, keys: readonly string[]): string {
  const own = new Set(keys.flatMap((key) => [key, key.replaceAll('.', '_')]));
  const others = Object.entries(tags).filter(([key]) => !own.has(key));
  return JSON.stringify([source, others.sort(([a], [b]) => (a < b ? -1 : 1))]);
}
