/**
 * How OpenTelemetry names become Prometheus names.
 *
 * - `specification`: as the OpenTelemetry Collector's `prometheusexporter` writes them with its default settings, which follows
 *   the specification's "Prometheus and OpenMetrics Compatibility" page: unit words and type suffixes are appended. A metric then
 *   has one name whether it is scraped here or travels over OTLP.
 * - `official`: as `PrometheusSerializer` of `@opentelemetry/exporter-prometheus` 0.301 writes them: no unit in the name.
 */
export type PrometheusNaming = 'specification' | 'official';

/** Everything is optional. An option that is not of its kind makes the constructor throw a TypeError that names it. */
export interface PrometheusOptions {
  /** Default `'specification'`. */
  readonly naming?: PrometheusNaming;
  /** Put before every metric name and a `_`, except `target_info`. Must itself be a legal metric name. Default: none. */
  readonly prefix?: string;
  /** Writes each point's end time, in whole milliseconds since the epoch (rounded down), after its value. Default `false`. */
  readonly appendTimestamp?: boolean;
  /**
   * Resource attributes whose original key contains a match become labels of every series. Matching always starts at the key's
   * first character, whatever `lastIndex` says. Default: none.
   */
  readonly withResourceConstantLabels?: RegExp;
  /** Leaves out `target_info`, the series that carries the resource. Default `false`. */
  readonly withoutTargetInfo?: boolean;
  /** Leaves out the labels `otel_scope_name`, `otel_scope_version` and `otel_scope_schema_url`. Default `false`. */
  readonly withoutScopeInfo?: boolean;
}

export interface ResolvedOptions {
  readonly naming: PrometheusNaming;
  readonly prefix: string;
  readonly appendTimestamp: boolean;
  readonly constantLabels: RegExp | undefined;
  readonly targetInfo: boolean;
  readonly scopeInfo: boolean;
}

const LEGAL_METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

export function resolveOptions(options: PrometheusOptions): ResolvedOptions {
  const { naming = 'specification', prefix = '', withResourceConstantLabels: constantLabels } = options;
  if (naming !== 'specification' && naming !== 'official') {
    throw new TypeError(`naming must be 'specification' or 'official', got ${JSON.stringify(naming)}`);
  }
  if (typeof prefix !== 'string' || (prefix !== '' && !LEGAL_METRIC_NAME.test(prefix))) {
    throw new TypeError(`prefix must be empty or match ${LEGAL_METRIC_NAME.source}, got ${JSON.stringify(prefix)}`);
  }
  if (constantLabels !== undefined && Object.prototype.toString.call(constantLabels) !== '[object RegExp]') {
    throw new TypeError(`withResourceConstantLabels must be a RegExp, got ${typeof constantLabels}`);
  }
  return {
    naming,
    prefix,
    appendTimestamp: flag(options, 'appendTimestamp'),
    constantLabels,
    targetInfo: !flag(options, 'withoutTargetInfo'),
    scopeInfo: !flag(options, 'withoutScopeInfo'),
  };
}

function flag(options: PrometheusOptions, name: 'appendTimestamp' | 'withoutTargetInfo' | 'withoutScopeInfo'): boolean {
  const value: unknown = options[name] ?? false;
  if (typeof value !== 'boolean') throw new TypeError(`${name} must be true or false, got ${typeof value}`);
  return value;
}

/** An observable callback that takes longer loses its data, not the scrape: half of Prometheus' default scrape timeout. */
export const CALLBACK_TIMEOUT_MILLIS = 5_000;
