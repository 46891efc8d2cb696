export type { Tensor } from './model/tensor.ts';
export { PooledTensor } from './model/pooled-tensor.ts';
export {
  Preprocessor,
  type BatchOptions as PreprocessBatchOptions,
  type ItemOptions as PreprocessItemOptions,
} from './preprocess/preprocessor.ts';
export type { ImageOptions, PerChannel, PreprocessorOptions, ResizeKernel, TextOptions } from './preprocess/options.ts';
export { PreprocessedBatch, type Outcome as PreprocessOutcome, type Row } from './preprocess/batch.ts';
export { PreprocessError, type PreprocessKind, type PreprocessReason } from './preprocess/errors.ts';
export { TextInputs } from './preprocess/text/text-inputs.ts';
export type { CallableTokenizer, EncodingTokenizer, Tokenizer, TokenizerCallOptions } from './preprocess/text/tokenizer.ts';
export type { ImageInput, RawImage } from './preprocess/image/source.ts';
export type { ImageInputs } from './preprocess/image/image-inputs.ts';
export { smartResize, type SmartSize, type SmartSizeSettings } from './preprocess/image/smart-resize.ts';
export { normalisePixels, normaliseTable } from './preprocess/image/normalise.ts';
export { InferencePipeline, type ItemOptions } from './pipeline/inference-pipeline.ts';
export type { PipelineOptions } from './pipeline/pipeline-options.ts';
export type { Outcome } from './pipeline/pipeline-run.ts';
export { stage, Stages, type BatchOptions, type BatchStage, type SingleStage, type Stage } from './pipeline/stages.ts';
export type { BatchContext, ItemContext, Resource } from './pipeline/context.ts';
export { failed, type Failed } from './pipeline/failed.ts';
export { BatchResultError, PipelineClosedError, QueueFullError } from './pipeline/errors.ts';
export { resolveModel, type GenerateModel, type InferOptions, type Model, type ResolvedModel, type RunModel } from './infer/model.ts';
export { OnnxModel, type OnnxRunOptions } from './infer/onnx-model.ts';
export type { CloseOptions, OnnxOptions, OnnxSettings } from './infer/onnx-options.ts';
export { OnnxResult } from './infer/onnx-result.ts';
export { ModelClosedError, WorkerExitError } from './infer/errors.ts';
export type { ValueInfo } from './infer/protocol.ts';
export type { SharedMemory } from './infer/tensor-memory.ts';
export { AdaptiveOptimizer, type ConstraintStatus, type OptimizerStats } from './adapt/adaptive-optimizer.ts';
export type { AdaptiveOptimizerOptions, Target } from './adapt/options.ts';
export type { ConstraintName, CrowdingReason, Decision, Reason } from './adapt/decision.ts';
export type { Load, Range, Settings, Tunable } from './adapt/tunable.ts';
export { Conditions, type ConditionsOptions, type ConditionsSource } from './sense/conditions.ts';
export type { ConditionsReading, EventLoop, MemoryUse, Power, Pressure, SensorName, SensorStatus, Throttling } from './sense/reading.ts';
export { createModelPipeline, ModelPipeline, type ModelPipelineOptions, type OnnxPipelineOptions } from './assemble/model-pipeline.ts';
export { createSharedPool, type SharedPoolOptions } from './assemble/shared-pool.ts';
export { tune, type TunedPipeline, type TuningLimits } from './assemble/tunable-pipeline.ts';
export type { Tensors } from './assemble/stack.ts';
