// Compiled with both decorator settings. Its name keeps it out of the repository's own type check, where this folder cannot see the package.
import {
  get_metrics_collector,
  MetricType,
  record_metric,
  record_timing,
  type Metric,
} from '@otel-perf/compat/centralized_metrics_collector';
import {
  benchmark_function,
  measure_throughput,
  time_block,
  time_function,
  Timer,
  type OperationStats,
} from '@otel-perf/compat/timing_utilities';
import { recorded } from './recorded.js';

class Orders {
  @time_function('load')
  async load(id: string): Promise<string> {
    return id;
  }

  @measure_throughput('import', 2)
  @time_function()
  import(rows: readonly string[]): number {
    return rows.length;
  }
}

// @ts-expect-error -- a type error in the user's program, not any
export const wrong: OperationStats = { count: '1' };
// @ts-expect-error -- seconds are a number
export const never = () => record_timing('query', '0.25');
export const history: Metric[] = get_metrics_collector().get_metrics();
export const timer = new Timer('named');

async function main(): Promise<void> {
  const orders = new Orders();
  const results = [await orders.load('42'), orders.import(['1', '2']), time_block('block', {}, () => 5)];
  record_timing('query', 0.25, 'database');
  record_metric('cpu_usage', 85, MetricType.PERCENTAGE, 'system');
  const { count } = benchmark_function((n: number) => n, [1], { iterations: 3 });
  const average = get_metrics_collector().get_metric_stats('query_time').average;
  console.log(JSON.stringify({ results, average, count, recorded: await recorded() }));
}

void main();
