import { check_boolean, check_integer, check_list, check_number, check_power_constraint, check_thermal_constraint } from './checks.ts';

export interface CPUOptimizationOptions {
  /** Images that are decoded at a time, and batches of `preprocess_batch_parallel`. Default 4; from 1 to 256. */
  readonly num_preprocess_workers?: number;
  /** Rows that an ONNX model gets at a time, until an optimizer finds better. Default 8; from 1 to 256. */
  readonly preprocess_batch_size?: number;
  /** What neither workers nor threads of a model, nor images that are decoded at a time, go beyond. Default 8; from 1 to 256. */
  readonly max_concurrent_threads?: number;
  /** [height, width], whatever the aspect ratio was. Default [224, 224]; each from 1 to 16,384. */
  readonly image_resize_size?: readonly [height: number, width: number];
  /** Tokens of a text at most; the rest is left out. Default 512; from 1 to 1,048,576. */
  readonly max_text_length?: number;
  /** Requests that a stage of the pipeline works on at a time, at most. Default 3; from 1 to 256. */
  readonly pipeline_depth?: number;
  /** Requests that may wait in front of a stage; when there are as many, the stage before it waits too. Default 4; from 1 to 65,536. */
  readonly pipeline_buffer_size?: number;
  /** Seconds from one adaptation to the next. Default 0.1; from 0.01 to 3600. */
  readonly adaptation_frequency?: number;
  /** Share of the throughput that settings gave when they were chosen, below which others are tried. Default 0.8; from 0.1 to 0.99. */
  readonly performance_target?: number;
  /** Share of the processor's power limit that may be drawn. Default 0.9; from 0.01 to 1. */
  readonly power_constraint?: number;
  /** Degrees Celsius of the processor. Default 75; from 1 to 150. */
  readonly thermal_constraint?: number;
  /** Share of the memory beyond which less is used: smaller batches, fewer workers, no kept memory. Default 0.8; from 0.01 to 1. */
  readonly memory_threshold?: number;
  /** After so many batches, kept memory goes back to the system if `memory_threshold` is passed. Default 10; from 1 to 1,000,000. */
  readonly clear_cache_interval?: number;
  /** Whether memory for preprocessing is kept from batch to batch. Default true. */
  readonly enable_memory_pooling?: boolean;
}

/** Settings of preprocessor, pipeline and optimizer, all of them checked. */
export class AdvancedCPUOptimizationConfig implements Required<CPUOptimizationOptions> {
  readonly num_preprocess_workers: number;
  readonly preprocess_batch_size: number;
  readonly max_concurrent_threads: number;
  readonly image_resize_size: readonly [height: number, width: number];
  readonly max_text_length: number;
  readonly pipeline_depth: number;
  readonly pipeline_buffer_size: number;
  readonly adaptation_frequency: number;
  readonly performance_target: number;
  readonly power_constraint: number;
  readonly thermal_constraint: number;
  readonly memory_threshold: number;
  readonly clear_cache_interval: number;
  readonly enable_memory_pooling: boolean;

  /** @throws TypeError or RangeError that names the option and its bounds. */
  constructor(options: CPUOptimizationOptions = {}) {
    this.num_preprocess_workers = check_integer('num_preprocess_workers', options.num_preprocess_workers ?? 4, 1, 256);
    this.preprocess_batch_size = check_integer('preprocess_batch_size', options.preprocess_batch_size ?? 8, 1, 256);
    this.max_concurrent_threads = check_integer('max_concurrent_threads', options.max_concurrent_threads ?? 8, 1, 256);
    this.image_resize_size = check_size(options.image_resize_size ?? [224, 224]);
    this.max_text_length = check_integer('max_text_length', options.max_text_length ?? 512, 1, 2 ** 20);
    this.pipeline_depth = check_integer('pipeline_depth', options.pipeline_depth ?? 3, 1, 256);
    this.pipeline_buffer_size = check_integer('pipeline_buffer_size', options.pipeline_buffer_size ?? 4, 1, 65_536);
    this.adaptation_frequency = check_number('adaptation_frequency', options.adaptation_frequency ?? 0.1, 0.01, 3600);
    this.performance_target = check_number('performance_target', options.performance_target ?? 0.8, 0.1, 0.99);
    this.power_constraint = check_power_constraint(options.power_constraint ?? 0.9);
    this.thermal_constraint = check_thermal_constraint(options.thermal_constraint ?? 75);
    this.memory_threshold = check_number('memory_threshold', options.memory_threshold ?? 0.8, 0.01, 1);
    this.clear_cache_interval = check_integer('clear_cache_interval', options.clear_cache_interval ?? 10, 1, 1_000_000);
    this.enable_memory_pooling = check_boolean('enable_memory_pooling', options.enable_memory_pooling ?? true);
  }

  /** `config` itself, or what plain options make. @throws as the constructor. */
  static from(config: CPUOptimizationOptions): AdvancedCPUOptimizationConfig {
    return config instanceof AdvancedCPUOptimizationConfig ? config : new AdvancedCPUOptimizationConfig(config);
  }
}

function check_size(size: readonly [height: number, width: number]): readonly [height: number, width: number] {
  const { length } = check_list('image_resize_size', size);
  if (length !== 2) throw new RangeError(`image_resize_size must be [height, width], not ${length} numbers`);
  return [check_integer('image_resize_size[0]', size[0], 1, 16_384), check_integer('image_resize_size[1]', size[1], 1, 16_384)];
}
