import { hint, listed, problem, type Finding } from '../finding.ts';
import type { Patient } from '../patient.ts';

/** What somebody has switched off. */
export function switchedOff(patient: Patient): Finding[] {
  return [...sdk(patient), ...collecting(patient), ...exporting(patient)];
}

export function isSdkDisabled(): boolean {
  return process.env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true';
}

/** Whether OTEL_METRICS_EXPORTER has `none`, which goes before all else that it has. */
export function exportsNothing(): boolean {
  return process.env['OTEL_METRICS_EXPORTER']?.split(',').some((name) => name.trim() === 'none') === true;
}

function sdk({ provider }: Patient): Finding[] {
  if (!isSdkDisabled()) return [];
  if (provider === undefined) {
    return [problem('sdk-disabled', 'OTEL_SDK_DISABLED is true: OpenTelemetry is off in this process.', 'Unset it.')];
  }
  const message = 'OTEL_SDK_DISABLED is true, which NodeSDK and otel-perf heed; the MeterProvider that is set does not.';
  return [hint('sdk-disabled', message, 'Unset it.')];
}

function collecting({ collectors }: Patient): Finding[] {
  const findings: Finding[] = [];
  if (collectors.some(({ enabled }) => !enabled)) {
    findings.push(
      problem(
        'collection-disabled',
        'Collection is disabled: collector.disable() was called, or enabled: false was given, so nothing is recorded.',
        'Call getMetricsCollector().enable().',
      ),
    );
  }
  const unmeasured = collectors.flatMap((collector) => collector.unmeasured);
  if (unmeasured.length > 0) {
    findings.push(
      problem(
        'collect-metrics-off',
        `collectMetrics (collect_metrics) is false for ${listed(unmeasured)}: no metrics of them are recorded.`,
        'Leave the option out where metrics are wanted.',
      ),
    );
  }
  return findings;
}

function exporting({ started, readers, provider }: Patient): Finding[] {
  if (!exportsNothing() || started?.active === false) return [];
  const remedy = 'Set it to otlp, prometheus or both, or unset it.';
  if (started === undefined) {
    // With readers of its own NodeSDK does not heed it.
    if (provider !== undefined) return [];
    return [hint('exporter-none', 'OTEL_METRICS_EXPORTER has none: NodeSDK without metricReaders sets no MeterProvider then.', remedy)];
  }
  const reader = readers.find(({ isStarts }) => isStarts);
  const isRead = reader === undefined || reader.status.collections > 0 || reader.status.exporters.length > 0;
  if (isRead || process.env['OTEL_PERF_EXIT_SNAPSHOT']) {
    return [hint('exporter-none', 'OTEL_METRICS_EXPORTER has none: metrics are read in the process only.', remedy)];
  }
  return [
    problem(
      'exporter-none',
      'OTEL_METRICS_EXPORTER has none, so that metrics stay in the process, and nothing there has called snapshot, report or exports.',
      remedy,
    ),
  ];
}
