const { metrics } = require('@opentelemetry/api');
const { MeterProvider } = require('@opentelemetry/sdk-metrics');
const { get_metrics_collector, record_counter, record_metric, record_timing } = require('@otel-perf/compat/centralized_metrics_collector');
const { get_global_monitor, time_block, time_function } = require('@otel-perf/compat/timing_utilities');
const { PerformanceMetricReader } = require('@otel-perf/metrics');
const { timeBlock, timeFunction } = require('@otel-perf/timing');

async function main() {
  const reader = new PerformanceMetricReader();
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));

  const add = timeFunction('add')((a, b) => a + b);
  const load = time_function()(async function load(id) {
    return { id };
  });
  const results = [add(1, 2), add(3, 4), await load('42'), timeBlock('block', () => 'in a block'), time_block('old_block', {}, () => 5)];

  record_timing('database_query', 0.25, 'database');
  record_timing('database_query', 0.5, 'database');
  record_counter('requests', 3, 'api');
  record_metric('cpu_usage', 85, 'percentage', 'system', { host: 'a' });
  get_global_monitor().record_timing('query', 0.5);

  const snapshot = await reader.snapshot(({ name }) => !name.startsWith('otel_perf.'));
  console.log(JSON.stringify({
    results,
    // How long a call took nobody can say beforehand: of times that were not handed in only the count is exact.
    metrics: snapshot.map(({ name, source, type, unit, tags, value, distribution }) => {
      const exact = distribution === undefined ? value : source === 'database' ? distribution.sum : distribution.count;
      return [name, source, type, unit, exact, tags];
    }),
    window: get_metrics_collector().get_metric_stats('database_query_time'),
    monitor: get_global_monitor().get_stats('query'),
  }));
}

main();
