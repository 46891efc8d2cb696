import type { MeterProvider } from '@opentelemetry/api';
import { legalName, MetricType, type CentralizedMetricsCollector, type Clock, type Tags } from '@otel-perf/metrics';
import { secondsBetween } from '../clock/now.ts';
import type { Site } from './site.ts';

/** The calls of one operation that run now, reported by instruments that cost nothing until a reader collects. */
export class ActiveCalls {
  readonly #operation: string;
  readonly #source: string;
  readonly #tags: Tags;
  readonly #provider: () => MeterProvider;
  readonly #clock: Clock;
  /** In the order of their starts. */
  readonly #running = new Set<{ readonly start: number }>();
  #reportedTo: MeterProvider | undefined;

  constructor(operation: string, source: string, tags: Tags, provider: () => MeterProvider, clock: Clock) {
    this.#operation = operation;
    this.#source = source;
    this.#tags = tags;
    this.#provider = provider;
    this.#clock = clock;
  }

  /** Returns what to call when the call is over, once or more often. */
  enter(): () => void {
    const provider = this.#provider();
    if (provider !== this.#reportedTo) this.#reportTo(provider);
    const call = { start: this.#clock.now() };
    this.#running.add(call);
    return () => void this.#running.delete(call);
  }

  #reportTo(provider: MeterProvider): void {
    this.#reportedTo = provider;
    const meter = provider.getMeter(this.#source);
    meter
      .createObservableUpDownCounter(legalName(`${this.#operation}_active`), { description: 'Calls that run.', unit: '{call}' })
      .addCallback((result) => result.observe(this.#running.size, this.#tags));
    meter
      .createObservableGauge(legalName(`${this.#operation}_oldest_age`), {
        description: 'How long the oldest call that runs has run.',
        unit: 's',
      })
      .addCallback((result) => {
        const oldest = this.#running.values().next().value;
        // The SDK would go on to report the last age if none were observed.
        result.observe(oldest === undefined ? 0 : secondsBetween(oldest.start, this.#clock.now()), this.#tags);
      });
  }
}

const byCollector = new WeakMap<CentralizedMetricsCollector, Map<string, ActiveCalls>>();

/** Sites of one operation, source and tags share one: two instruments of one name would overwrite each other. */
export function activeCallsOf(site: Site, receiver: unknown): ActiveCalls {
  const series = site.series(receiver, 'time', MetricType.TIME, site.tags);
  let known = byCollector.get(site.collector);
  if (known === undefined) byCollector.set(site.collector, (known = new Map()));
  const key = JSON.stringify([site.operation, series.source, series.tags]);
  let calls = known.get(key);
  if (calls === undefined) {
    calls = new ActiveCalls(site.operation, series.source, series.tags, () => site.collector.provider(), site.collector.clock);
    known.set(key, calls);
  }
  return calls;
}
