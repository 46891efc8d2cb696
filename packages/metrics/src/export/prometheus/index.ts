export type { PrometheusNaming, PrometheusOptions } from './options.ts';
export { PrometheusTextSerializer } from './serializer.ts';
export { createMetricsHandler } from './handler.ts';
