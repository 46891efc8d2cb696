import { MeterProvider, type MeterProviderOptions } from '@opentelemetry/sdk-metrics';
import { PerformanceMetricReader } from '../../src/read/reader.ts';
import type { PerformanceMetricReaderOptions } from '../../src/read/reader-options.ts';
import { CentralizedMetricsCollector } from '../../src/record/collector.ts';
import type { CollectorOptions } from '../../src/record/collector-options.ts';

interface Options extends Omit<PerformanceMetricReaderOptions, 'collector'> {
  views?: MeterProviderOptions['views'];
  collectorOptions?: CollectorOptions;
}

/** A reader in a real MeterProvider, with a collector that records to it. */
export function setUp({ views, collectorOptions, ...options }: Options = {}) {
  let provider: MeterProvider | undefined;
  // The provider wants its readers, and the reader its collector, before the provider is there.
  const late = { getMeter: (...args: Parameters<MeterProvider['getMeter']>) => provider!.getMeter(...args) };
  const collector = new CentralizedMetricsCollector({ meterProvider: late, ...collectorOptions });
  const reader = new PerformanceMetricReader({ collector, ...options });
  provider = new MeterProvider({ readers: [reader], ...(views === undefined ? {} : { views }) });
  return { provider, collector, reader, meter: provider.getMeter('other') };
}
