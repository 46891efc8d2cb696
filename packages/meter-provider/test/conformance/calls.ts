import type { MeterProvider } from '@opentelemetry/api';
import { AggregationType, type ViewOptions } from '@opentelemetry/sdk-metrics';

/** What two threads never have both, so that of each series the calls keep their order. */
export const KEYS = 12;

export const VIEWS: ViewOptions[] = [
  { instrumentName: 'size', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM, options: { maxSize: 20 } } },
];

export interface Part {
  /** Of so many. */
  readonly thread: number;
  readonly threads: number;
  readonly calls: number;
}

/** Performs the calls that fall to a thread. All threads together perform each call once, for whatever number of threads. */
export function perform(provider: MeterProvider, { thread, threads, calls }: Part): void {
  const meter = provider.getMeter('calls', '1');
  const requests = meter.createCounter('requests');
  const connections = meter.createUpDownCounter('connections');
  const duration = meter.createHistogram('duration', { advice: { explicitBucketBoundaries: [1, 2, 4, 8, 16, 32] } });
  const size = meter.createHistogram('size');
  const temperature = meter.createGauge('temperature');
  const said = { calls: 0, balance: 0, byKey: new Map<number, number>() };
  meter.createObservableCounter('o.calls').addCallback((result) => result.observe(said.calls, { kind: 'all' }));
  meter.createObservableUpDownCounter('o.balance').addCallback((result) => result.observe(said.balance));
  meter.createObservableGauge('o.last').addCallback((result) => {
    for (const [key, value] of said.byKey) result.observe(value, { key });
  });
  let random = 1;
  for (let i = 0; i < calls; i++) {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
    const key = (random >>> 8) % KEYS;
    if (key % threads !== thread) continue;
    // Sums of eighths are exact in whatever order.
    const value = ((random >>> 16) % 1000) / 8;
    requests.add(value, { route: `/${key}` });
    // This one belongs to all threads.
    requests.add(1);
    connections.add(value - 60, { key });
    duration.record(value, { route: '/', method: 'GET' });
    size.record(value + 1, { key: key % 2 });
    temperature.record(-value, { key });
    said.calls++;
    said.balance += value - 60;
    said.byKey.set(key, value);
  }
}
