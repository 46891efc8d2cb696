import { MetricType, type CentralizedMetricsCollector, type TagsInput } from '@otel-perf/metrics';
import { timeFunction } from '@otel-perf/timing';

/** What `recordEverything` needs of a collector: few series per name, and a metric that is thinned out. */
export const collectorOptions = { maxSeriesPerName: 12, frequencies: [{ name: 'thinned_out', sampleRatio: 0.5 }] };

export const OPERATION = 'load_order';
export const POOL = 'frames';
export const STAGE = 'tokenize';

const seconds = () => Math.random() * 0.2 + 0.001;

/** One round of all that the dashboards show, mishaps included. */
export function recordEverything(collector: CentralizedMetricsCollector): void {
  timings(collector);
  mishaps(collector);
  for (const [type, name] of [
    ['slab', POOL],
    ['buddy', 'tensors'],
  ] as const)
    memoryPool(collector, { 'pool.type': type, 'pool.name': name });
  pipeline(collector);
  for (const stage of [STAGE, 'infer']) pipelineStage(collector, stage);
}

function timings(collector: CentralizedMetricsCollector): void {
  collector.recordTiming('render', seconds(), 'pages');
  const loadOrder = timeFunction(OPERATION, { collector })((id: string) => {
    if (id === '') throw new RangeError('no order without a number');
  });
  loadOrder('42');
  try {
    loadOrder('');
  } catch {
    // The failed call is what is wanted.
  }
}

/** Measurements that are refused, folded and left out. */
function mishaps(collector: CentralizedMetricsCollector): void {
  collector.recordMetric('weight', NaN, MetricType.CUSTOM, 'scales');
  for (let page = 0; page < 2 * collectorOptions.maxSeriesPerName; page++) collector.recordCounter('visits', 1, 'pages', { page });
  for (let i = 0; i < 8; i++) collector.recordMetric('thinned_out', i, MetricType.CUSTOM, 'pages');
}

function memoryPool(collector: CentralizedMetricsCollector, tags: TagsInput): void {
  const record = (name: string, value: number, type: MetricType, more?: TagsInput) =>
    collector.recordMetric(`memory_pool_${name}`, value, type, 'memory_pool', { ...tags, ...more });
  record('allocate_time', 2e-6, MetricType.TIME);
  record('allocate_time', 8e-6, MetricType.TIME, { 'error.type': 'RangeError' });
  record('deallocate_time', 1e-6, MetricType.TIME);
  record('allocations', 3, MetricType.COUNTER);
  record('deallocations', 2, MetricType.COUNTER);
  record('failures', 1, MetricType.COUNTER, { reason: 'exhausted' });
  record('size', 1 << 20, MetricType.MEMORY);
  record('used', 600_000, MetricType.MEMORY);
  record('requested', 500_000, MetricType.MEMORY);
  record('largest_free', 131_072, MetricType.MEMORY);
  record('fragmentation', 0.7, MetricType.RATIO);
  record('leaks', 1, MetricType.COUNTER);
}

function pipeline(collector: CentralizedMetricsCollector): void {
  const record = (name: string, value: number, type: MetricType, tags?: TagsInput) =>
    collector.recordMetric(name, value, type, 'cpu_pipeline', tags);
  record('cpu_pipeline_time', seconds(), MetricType.TIME);
  record('cpu_pipeline_time', seconds(), MetricType.TIME, { 'error.type': 'TypeError' });
  record('cpu_pipeline_batch_size', 8, MetricType.CUSTOM);
  record('cpu_pipeline_items', 16, MetricType.COUNTER);
  record('cpu_pipeline_throughput', 120, MetricType.THROUGHPUT);
  record('cpu_pipeline_workers', 4, MetricType.CUSTOM);
  record('cpu_pipeline_decisions', 1, MetricType.COUNTER, { setting: 'batch_size', reason: 'cpu_busy' });
  record('preprocessor_text_time', seconds() / 100, MetricType.TIME);
  record('preprocessor_image_time', seconds() / 10, MetricType.TIME);
}

function pipelineStage(collector: CentralizedMetricsCollector, stage: string): void {
  const record = (name: string, value: number, type: MetricType, tags?: TagsInput) =>
    collector.recordMetric(`cpu_pipeline_${name}`, value, type, 'cpu_pipeline', { stage, ...tags });
  record('stage_time', seconds(), MetricType.TIME);
  record('wait_time', seconds(), MetricType.TIME);
  record('queue_depth', 5, MetricType.CUSTOM);
  record('failed_items', 1, MetricType.COUNTER, { 'error.type': 'TypeError' });
}
