import { CentralizedMetricsCollector } from './collector.ts';

/** Registered symbols are one per process, also when two copies of this package are loaded. Raise the number with an incompatible change. */
const KEY = Symbol.for('@otel-perf/metrics.collector.1');

/** The collector of this process; made with the default options when it is first asked for. Change what it keeps with `configure`. */
export function getMetricsCollector(): CentralizedMetricsCollector {
  const holder = globalThis as { [KEY]?: CentralizedMetricsCollector };
  return (holder[KEY] ??= new CentralizedMetricsCollector());
}
