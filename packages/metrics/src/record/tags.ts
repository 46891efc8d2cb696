import type { Tags, TagValue } from '../model/metric.ts';

/** What a caller may pass as tags; values other than strings, finite numbers and booleans are left out. */
export type TagsInput = Readonly<Record<string, unknown>>;

export const NO_TAGS: Tags = Object.freeze({});

/** The tags of the one series into which a metric's further series are folded, as the OpenTelemetry specification names them. */
export const OVERFLOW_TAGS: Tags = Object.freeze({ 'otel.metric.overflow': true });

/** A frozen copy with sorted keys: later changes of the caller's object do not reach it, and equal tags look the same. */
export function copyTags(tags: TagsInput): Tags {
  const entries = Object.entries(tags).filter((entry): entry is [string, TagValue] => isTagValue(entry[1]));
  if (entries.length === 0) return NO_TAGS;
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.freeze(Object.fromEntries(entries));
}

/** A text that two copies share exactly when they hold the same keys and values. */
export function tagsKey(copy: Tags): string {
  return copy === NO_TAGS ? '' : JSON.stringify(Object.entries(copy));
}

function isTagValue(value: unknown): value is TagValue {
  return typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}
