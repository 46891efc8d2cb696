import type { ExaminedReader } from '../examined-reader.ts';
import { fine, hint, problem, type Finding } from '../finding.ts';
import type { Patient } from '../patient.ts';
import { exportsNothing, isSdkDisabled } from './switched-off.ts';

/** Whether a reader of ours reads what is recorded, and somebody reads the reader. */
export function readers(patient: Patient): Finding[] {
  const { readers: all, provider } = patient;
  if (all.length > 0) return all.flatMap((each) => [...attachment(each, patient), ...use(each, patient)]);
  if (provider === undefined || provider.isShutDown || provider.readers === 0) return [];
  return [
    hint(
      'no-reader',
      'otel-perf has no reader here, so it does not see whether metrics get from the MeterProvider to where they are meant to go.',
      'Put createPerformanceReader() into its metricReaders, or set OTEL_LOG_LEVEL=error to see whether exports fail.',
    ),
  ];
}

function attachment({ reader, status, readsItsCollector, dataPoints, isStarts }: ExaminedReader, patient: Patient): Finding[] {
  if (status.isShutDown) {
    if (patient.provider?.isShutDown === true) return [];
    return [hint('shut-down', 'otel-perf was shut down: nothing is collected any more.', 'Shut it down last of all.')];
  }
  if (!status.attached) return unattached(isStarts, patient);
  if (readsItsCollector) return [fine('reader-attached', `A PerformanceMetricReader reads what is recorded (data points: ${dataPoints}).`)];
  // What records nowhere is told of with the provider and the copies of the API.
  if (patient.provider === undefined || reader.collector.selfMeter().constructor.name === 'NoopMeter') return [];
  return [
    problem(
      'reader-elsewhere',
      'A PerformanceMetricReader reads a MeterProvider that is not the global one, to which metrics are recorded.',
      'Register its provider (metrics.setGlobalMeterProvider) before any other is: a second registration is refused.',
    ),
  ];
}

function unattached(isStarts: boolean, { provider, started }: Patient): Finding[] {
  // That the start came to nothing is told already, with its reason.
  if ((isStarts && started?.active === false) || (isSdkDisabled() && provider === undefined)) return [];
  return [
    (provider === undefined ? hint : problem)(
      'reader-not-attached',
      'A PerformanceMetricReader belongs to no MeterProvider: it reads nothing.',
      'Put it into the metricReaders of NodeSDK, or the readers of the MeterProvider, when that is made.',
    ),
  ];
}

const LOOPBACK = /\/\/(?:127\.|\[::1\]|localhost)/;

function use({ status, hasEndpoint, url, isStarts }: ExaminedReader, { provider }: Patient): Finding[] {
  if (!status.attached || status.isShutDown || status.exporters.length > 0 || status.collections > 0) return [];
  if (url !== undefined) {
    const elsewhere =
      'It answers this machine alone: for a Prometheus in another container or host, set OTEL_EXPORTER_PROMETHEUS_HOST=0.0.0.0.';
    const remedy = `Add it to the scrape_configs of Prometheus.${LOOPBACK.test(url) ? ` ${elsewhere}` : ''}`;
    return [hint('never-scraped', `Nobody has scraped ${url} yet.`, remedy)];
  }
  // A port that could not be had is told already, and so is an exporter that is `none`.
  if (hasEndpoint || process.env['OTEL_PERF_EXIT_SNAPSHOT'] || (isStarts && exportsNothing())) return [];
  return [
    // Beside others it may be there for a report now and then.
    (provider?.hasOthers === true ? hint : problem)(
      'reader-idle',
      'Nobody collects from a PerformanceMetricReader: it has neither exporter nor endpoint, and nobody has called snapshot, report or exports.',
      'Give it exporters or prometheus: true, or call reader.report() or reader.exportToJson(). If that comes at the end only, look later.',
    ),
  ];
}
