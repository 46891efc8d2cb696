/** What a metric measures. The value is the word that exports and filters use. */
export const MetricType = {
  /** Duration in seconds. */
  TIME: 'time',
  /** Items per second. */
  THROUGHPUT: 'throughput',
  /** Bytes; may be negative where it is a difference. */
  MEMORY: 'memory',
  /** Increments of a sum that only grows. */
  COUNTER: 'counter',
  /** A part of one. */
  RATIO: 'ratio',
  /** A part of a hundred. */
  PERCENTAGE: 'percentage',
  /** Anything else, kept as its last value. */
  CUSTOM: 'custom',
} as const;
export type MetricType = (typeof MetricType)[keyof typeof MetricType];

const TYPES = new Set<string>(Object.values(MetricType));

/** The type that `word` names, in any case; `undefined` for a word that names none. */
export function parseMetricType(word: string): MetricType | undefined {
  const lower = word.toLowerCase();
  return TYPES.has(lower) ? (lower as MetricType) : undefined;
}
