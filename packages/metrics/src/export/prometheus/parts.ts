/**
 * What `PrometheusTextSerializer` is made of, for packages of this repository that write the same text in another way: so that each rule
 * of it exists once. Not for others: may change in any version.
 */
export { acceptsGzip, textFormat } from './accept.ts';
export { answerFailure, isScrape } from './answer.ts';
export { type Family, FamilyRegistry, namesOf } from './families.ts';
export type { TextFormat } from './format.ts';
export { LabelRenderer, NO_SHARED_LABELS, type SeriesLabels, type SharedLabels } from './labels.ts';
export { countAndSum, headerText, NO_METRICS, sampleText, TARGET_INFO_HELP } from './lines.ts';
export type { MetricKind } from './names.ts';
export { CALLBACK_TIMEOUT_MILLIS, resolveOptions, type ResolvedOptions } from './options.ts';
export { seriesHeads } from './series.ts';
export { numberText } from './text.ts';
export { mergeValue, type PointValue, type ShownValue } from './values.ts';
