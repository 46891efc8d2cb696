import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MeterProvider as Provider } from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { MemoryPool } from '@otel-perf/memory-pool';
import { CentralizedMetricsCollector, MetricType, PerformanceMetricReader } from '@otel-perf/metrics';

/** Paths of what a process wrote: its events, its data points, the same as Prometheus text, and a snapshot of its memory pool. */
export interface Recorded {
  readonly events: string;
  readonly points: string;
  readonly prometheus: string;
  readonly snapshot: string;
}

/** Records times, counts and a memory pool, and writes all exports into `folder`. */
export async function record(folder: string): Promise<Recorded> {
  let provider: MeterProvider | undefined;
  const meterProvider: Provider = { getMeter: (...args) => provider!.getMeter(...args) };
  const collector = new CentralizedMetricsCollector({ meterProvider });
  const reader = new PerformanceMetricReader({ collector });
  provider = new MeterProvider({ readers: [reader] });
  using pool = new MemoryPool({ type: 'kv_cache', name: 'kv', size: 4096, minBlockSize: 256, collector });
  const blocks = ['first', 'second', 'third'].map((id) => pool.allocate(300, id)!);
  pool.malloc(256);
  blocks[1]!.free();
  for (let i = 1; i <= 200; i++) {
    collector.recordMetric('query_time', i ** 2 / 1e6, MetricType.TIME, 'database', { statement: i % 2 === 0 ? 'select' : 'insert' });
    collector.recordCounter('queries', 1, 'database');
  }
  const paths = {
    events: join(folder, 'events.json'),
    points: join(folder, 'points.json'),
    prometheus: join(folder, 'metrics.prom'),
    snapshot: join(folder, 'snapshot.json'),
  };
  await collector.exportToJson(paths.events);
  await reader.exportToJson(paths.points);
  await reader.exportToPrometheus(paths.prometheus);
  await writeFile(paths.snapshot, JSON.stringify(pool.snapshot()));
  await provider.shutdown();
  return paths;
}
