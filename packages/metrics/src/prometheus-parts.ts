/**
 * What `PrometheusTextSerializer` is made of, for packages of this repository that write the same text in another way: so that each rule
 * of it exists once. Not for others: may change in any version.
 */
export { acceptsGzip, textFormat } from './export/prometheus/accept.ts';
export { answerFailure, isScrape } from './export/prometheus/answer.ts';
export { type Family, FamilyRegistry, namesOf } from './export/prometheus/families.ts';
export type { TextFormat } from './export/prometheus/format.ts';
export { LabelRenderer, NO_SHARED_LABELS, type SeriesLabels, type SharedLabels } from './export/prometheus/labels.ts';
export { countAndSum, headerText, NO_METRICS, sampleText, TARGET_INFO_HELP } from './export/prometheus/lines.ts';
export type { MetricKind } from './export/prometheus/names.ts';
export { POINT_TYPE } from './export/prometheus/point-type.ts';
export { CALLBACK_TIMEOUT_MILLIS, resolveOptions, type ResolvedOptions } from './export/prometheus/options.ts';
export { seriesHeads } from './export/prometheus/series.ts';
export { numberText } from './export/prometheus/text.ts';
export { mergeValue, type PointValue, type ShownValue } from './export/prometheus/values.ts';
