import type { Request, Response } from 'express';
import { formatReport } from '@otel-perf/metrics';
import { getOtelPerf } from '@otel-perf/node';

/** What otel-perf knows of this process, for people. The one place of the service that asks for it. */
export async function showReport(_request: Request, response: Response): Promise<void> {
  const perf = await getOtelPerf();
  response.type('text/plain');
  if (!perf?.active) {
    response.status(503).send('Start the service by node --import @otel-perf/node/register dist/main.js\n');
    return;
  }
  const elsewhere = perf.prometheusUrl === undefined ? '' : `\nFor Prometheus: ${perf.prometheusUrl}\n`;
  response.send(formatReport(await perf.reader.report()) + elsewhere);
}
