export { benchmark_function, measure_memory_usage, type BenchmarkResult } from './timing/benchmark.ts';
export { time_block, type BlockTimer } from './timing/block.ts';
export {
  measure_throughput,
  time_execution,
  time_function,
  track_resource_usage,
  type CollectOptions,
  type ExecutionOptions,
} from './timing/decorators.ts';
export { get_global_monitor, PerformanceMonitor, type OperationStats, type Trend } from './timing/monitor.ts';
export { TimingResult } from './timing/result.ts';
export { Timer } from './timing/timer.ts';
