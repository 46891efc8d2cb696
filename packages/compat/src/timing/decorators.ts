import {
  measureThroughput,
  timeExecution,
  timeFunction,
  trackResourceUsage,
  type BatchSize,
  type TimingDecorator,
} from '@otel-perf/timing';

export interface CollectOptions {
  /** Default true. With false nothing is measured. */
  collect_metrics?: boolean;
}

export interface ExecutionOptions extends CollectOptions {
  metadata?: Readonly<Record<string, unknown>>;
}

/** Records `<operation>_time`, with the function's qualified name as source; the operation defaults to the function's own name. */
export function time_function(operation_name?: string, { collect_metrics }: CollectOptions = {}): TimingDecorator {
  return timeFunction(operation_name, { collectMetrics: collect_metrics });
}

/** Decorator form of `time_block`. */
export function time_execution(operation_name: string, { collect_metrics, metadata }: ExecutionOptions = {}): TimingDecorator {
  return timeExecution(operation_name, { collectMetrics: collect_metrics, metadata });
}

/** Records `<operation>_time`, `<operation>_memory_delta` (bytes, may be negative) and `<operation>_cpu_percent`. */
export function track_resource_usage(operation_name: string, { collect_metrics }: CollectOptions = {}): TimingDecorator {
  return trackResourceUsage(operation_name, { collectMetrics: collect_metrics });
}

/** Records `<operation>_throughput`, in items per second; `batch_size` is the number of items of a call. */
export function measure_throughput(
  operation_name: string,
  batch_size: BatchSize,
  { collect_metrics }: CollectOptions = {},
): TimingDecorator {
  return measureThroughput(operation_name, batch_size, { collectMetrics: collect_metrics });
}
