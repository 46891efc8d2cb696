export type {
  AnyClass,
  AnyFunction,
  AttributesOfCall,
  BatchSize,
  BlockOptions,
  CollectOptions,
  ExecutionOptions,
  ResourceOptions,
  TimingDecorator,
  TimingOptions,
  TimingResult,
} from './api.ts';
export { benchmarkFunction, type BenchmarkOptions, type BenchmarkResult } from './benchmark.ts';
export { timeBlock, type TimedBlock } from './block.ts';
export { measureThroughput, timeExecution, timeFunction, trackResourceUsage } from './decorators.ts';
export { getGlobalMonitor, PerformanceMonitor, type OperationStats, type Trend } from './monitor.ts';
export { measureMemoryUsage } from './resources.ts';
export { Timer } from './timer.ts';
