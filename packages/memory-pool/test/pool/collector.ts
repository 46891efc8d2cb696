import { CentralizedMetricsCollector, PerformanceMetricReader } from '@otel-perf/metrics';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

/** A collector of its own, in a real MeterProvider with a reader. */
export function setUp() {
  let provider: MeterProvider | undefined;
  // The provider wants its readers, and the reader its collector, before the provider is there.
  const late = { getMeter: (...args: Parameters<MeterProvider['getMeter']>) => provider!.getMeter(...args) };
  const collector = new CentralizedMetricsCollector({ meterProvider: late });
  const reader = new PerformanceMetricReader({ collector });
  provider = new MeterProvider({ readers: [reader] });
  return { provider, collector, reader };
}
