import type { ExporterStatus } from '@otel-perf/metrics';
import { fine, hint, problem, sentence, type Finding } from '../finding.ts';
import type { Patient } from '../patient.ts';

/** Whether exporters deliver. */
export function exports({ readers }: Patient): Finding[] {
  return readers.filter(({ status }) => status.attached).flatMap(({ status }) => status.exporters.flatMap(delivery));
}

function delivery({ name, succeeded, failed, error }: ExporterStatus): Finding[] {
  if (error !== undefined) {
    const tally = `${failed} of ${succeeded + failed} exports failed`;
    return [problem('export-fails', `${name} cannot deliver (${tally}): ${sentence(error)}`, remedyFor(name, error))];
  }
  if (succeeded === 0)
    return [hint('not-exported-yet', `${name} has exported nothing yet.`, 'Wait for the export interval, or call flush().')];
  const works = fine('export-works', `${name} delivers (exports so far: ${succeeded}).`);
  if (failed === 0) return [works];
  const remedy = 'Values are cumulative, so nothing is lost by it. See whether the Collector restarts.';
  return [works, hint('exports-failed', `${name} delivers, but ${failed} of ${succeeded + failed} exports failed before.`, remedy)];
}

/** By what exporters of OTLP say, the more special first. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /Parse Error|Expected HTTP/i,
    'That port speaks something else than HTTP, such as gRPC: HTTP is on port 4318, or set OTEL_EXPORTER_OTLP_PROTOCOL=grpc.',
  ],
  [
    /Protocol error/i,
    'That port does not speak gRPC, which is on port 4317. If it is HTTP (4318), set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf.',
  ],
  [
    /EPROTO|SSL|TLS|certificate/i,
    'https and http do not go together: see the scheme of OTEL_EXPORTER_OTLP_ENDPOINT, and OTEL_EXPORTER_OTLP_CERTIFICATE.',
  ],
  [/ENOTFOUND|EAI_AGAIN|Name resolution/i, 'The host is not known here: see OTEL_EXPORTER_OTLP_ENDPOINT.'],
  [
    /ECONNREFUSED|EHOSTUNREACH|ENETUNREACH/i,
    'Nobody listens there: is the Collector running, and OTEL_EXPORTER_OTLP_ENDPOINT its address? HTTP is on port 4318, gRPC on 4317. ' +
      'In a container, localhost is the container itself. Without a Collector, set OTEL_METRICS_EXPORTER=prometheus.',
  ],
  [/Unauthorized|Forbidden|UNAUTHENTICATED|PERMISSION_DENIED/i, 'It wants other credentials (401, 403): see OTEL_EXPORTER_OTLP_HEADERS.'],
  [
    /Not Found|Method Not Allowed|UNIMPLEMENTED/i,
    'That address takes no OTLP metrics (404): to OTEL_EXPORTER_OTLP_ENDPOINT /v1/metrics is added, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT ' +
      'is taken as it is. Has the Collector a pipeline for metrics?',
  ],
  [
    /retryable status|Too Many Requests|Unavailable$|RESOURCE_EXHAUSTED/i,
    'It is overloaded or not ready (429, 502, 503 or 504): see the log of the Collector, or of the proxy before it.',
  ],
  [
    /timed out|DEADLINE_EXCEEDED|ETIMEDOUT/i,
    'No answer in time: is the Collector running, is it the right port (HTTP 4318, gRPC 4317), and does a firewall let it through? ' +
      'OTEL_EXPORTER_OTLP_TIMEOUT is the limit.',
  ],
  [
    /hang up|ECONNRESET|EPIPE|Failed to connect/i,
    'It hung up: is it the right port (HTTP 4318, gRPC 4317), and the right scheme, http or https, in OTEL_EXPORTER_OTLP_ENDPOINT?',
  ],
];

function remedyFor(exporter: string, error: string): string {
  if (!exporter.startsWith('OTLP')) return 'See what this exporter writes to, and the options that it was given.';
  return REMEDIES.find(([pattern]) => pattern.test(error))?.[1] ?? 'See the log of the Collector.';
}
