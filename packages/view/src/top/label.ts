import type { SeriesPicture } from '../model/picture.ts';
import { columnsOf, end, printable, shorten } from './text.ts';

/** What has a name and tags. */
type Named = Pick<SeriesPicture, 'name' | 'tags'>;

/** A series as Prometheus writes it: `name{tag="value"}`. */
export function labelOf({ name, tags }: Named): string {
  return labelWith(name, Object.entries(tags).map(pairText));
}

/** The same in short, without the tags that all series of that name have in common, for which `…` stands: `name{stage="read",…}`. */
export function shortLabelOf({ name, tags }: Named, telling: ReadonlySet<string>): string {
  const pairs = Object.entries(tags);
  const told = pairs.filter(([key]) => telling.has(key));
  return labelWith(name, [...told.map(pairText), ...(told.length < pairs.length ? ['…'] : [])]);
}

/** Shorter still: without the words that Prometheus' naming appends, and with nothing for the tags that are left out. */
export function plainLabelOf({ name, tags }: Named, telling: ReadonlySet<string>): string {
  return labelWith(
    plainName(name),
    Object.entries(tags)
      .filter(([key]) => telling.has(key))
      .map(pairText),
  );
}

/** A longer label, in code units, has room nowhere. */
const LONGEST = 1000;
/** The least of a name that is to be seen of a label. */
const LEAST_NAME = 8;

export function hasRoom(label: string, width: number): boolean {
  return label.length <= LONGEST && columnsOf(printable(label)) <= width;
}

/**
 * A label in at most `width` columns. Names of metrics begin with what many of them share: it is their start that gives way to `…` where
 * the tags leave some of the name, and else the middle of the whole label.
 */
export function shortenLabel(label: string, width: number): string {
  if (label.length > LONGEST) return shorten(label, width);
  const shown = printable(label);
  if (columnsOf(shown) <= width) return shown;
  const brace = shown.indexOf('{');
  const [name, tags] = brace === -1 ? [shown, ''] : [shown.slice(0, brace), shown.slice(brace)];
  const left = width - columnsOf(tags) - 1;
  return left < LEAST_NAME ? shorten(shown, width) : `…${end(name, left)}${tags}`;
}

/** By name, the keys of the tags that tell series of that name from each other. */
export function tellingTags(all: Iterable<Named>): ReadonlyMap<string, ReadonlySet<string>> {
  const telling = new Map<string, Set<string>>();
  const firsts = new Map<string, Named['tags']>();
  for (const { name, tags } of all) {
    const first = firsts.get(name);
    if (first === undefined) {
      firsts.set(name, tags);
      telling.set(name, new Set());
      continue;
    }
    const keys = telling.get(name)!;
    for (const key of Object.keys({ ...first, ...tags })) if (first[key] !== tags[key]) keys.add(key);
  }
  return telling;
}

function labelWith(name: string, pairs: readonly string[]): string {
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`;
}

function pairText([key, value]: [string, unknown]): string {
  return `${key}="${String(value).replace(/["\\]/g, '\\$&')}"`;
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
