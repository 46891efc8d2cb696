export { PreprocessError } from '@otel-perf/cpu-pipeline';
export { AdvancedCPUOptimizationConfig, type CPUOptimizationOptions } from './cpu/config.ts';
export type { BatchInputs } from './cpu/inputs.ts';
export { AdaptiveIntelOptimizer, type AdaptiveOptions, type OptimizationParams, type OptimizerMetrics } from './cpu/optimizer.ts';
export {
  IntelOptimizedPipeline,
  type InferenceOptions,
  type PipelineMetrics,
  type PipelineModel,
  type PipelineTimings,
} from './cpu/pipeline.ts';
export { IntelCPUOptimizedPreprocessor, type PreprocessorMetrics, type TextsAndImages } from './cpu/preprocessor.ts';
