import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PrometheusOptions } from '@otel-perf/metrics';
import * as prometheusParts from '@otel-perf/metrics/prometheus-parts';
import { Observation } from '../read/observation.ts';
import type { MeterProvider } from '../record/meter-provider.ts';
import { ArenaText } from './arena-text.ts';
import { createTextHandler } from './text-handler.ts';

export interface PrometheusHandlerOptions extends PrometheusOptions {
  /** How long a scrape waits for the observable instruments of other threads, in milliseconds. Default 50; from 0. */
  readonly observeTimeoutMillis?: number;
}

/**
 * A request listener for `node:http` that answers GET and HEAD with the Prometheus text of all that is recorded in the provider's memory, by
 * any thread: OpenMetrics for clients that prefer it, gzip for those that take it, with `name[]` the families of these names alone. It works
 * in this thread, in pieces of at most about a millisecond between which other work has its turn, and keeps the text of what does not change.
 * Scrapes at the same time share one text. Callbacks of this thread's observable instruments that take longer than five seconds are not
 * waited for; what they throw goes to `diag`. Who may read it, is for the caller to say.
 * @throws TypeError or RangeError naming the option and its bound.
 */
export function createPrometheusHandler(
  provider: MeterProvider,
  options: PrometheusHandlerOptions = {},
): (request: IncomingMessage, response: ServerResponse) => void {
  const { observeTimeoutMillis, ...text } = options;
  // Told now, not with the first scrape.
  prometheusParts.resolveOptions(text);
  const { arena, resource } = provider;
  const observation = new Observation(arena, (timeoutMillis) => provider.observe(timeoutMillis), observeTimeoutMillis);
  return createTextHandler(new ArenaText({ arena, resource, text, observation }));
}
