import { describe, expect, test } from '@jest/globals';
import {
  AdaptiveIntelOptimizer,
  AdvancedCPUOptimizationConfig,
  IntelCPUOptimizedPreprocessor,
  IntelOptimizedPipeline,
} from '../../src/advanced_cpu_optimizations_intel_i5_10210u.ts';

const DEFAULTS = {
  num_preprocess_workers: 4,
  preprocess_batch_size: 8,
  max_concurrent_threads: 8,
  image_resize_size: [224, 224],
  max_text_length: 512,
  pipeline_depth: 3,
  pipeline_buffer_size: 4,
  adaptation_frequency: 0.1,
  performance_target: 0.8,
  power_constraint: 0.9,
  thermal_constraint: 75,
  memory_threshold: 0.8,
  clear_cache_interval: 10,
  enable_memory_pooling: true,
};

describe('AdvancedCPUOptimizationConfig', () => {
  test('has the documented defaults', () => {
    expect({ ...new AdvancedCPUOptimizationConfig() }).toEqual(DEFAULTS);
  });

  test('takes each option', () => {
    const others = {
      num_preprocess_workers: 2,
      preprocess_batch_size: 3,
      max_concurrent_threads: 1,
      image_resize_size: [48, 192],
      max_text_length: 64,
      pipeline_depth: 1,
      pipeline_buffer_size: 2,
      adaptation_frequency: 0.5,
      performance_target: 0.7,
      power_constraint: 0.5,
      thermal_constraint: 60,
      memory_threshold: 0.6,
      clear_cache_interval: 1,
      enable_memory_pooling: false,
    } as const;
    expect(Object.keys(others)).toEqual(Object.keys(DEFAULTS));
    expect({ ...new AdvancedCPUOptimizationConfig(others) }).toEqual(others);
  });

  test.each([
    [{ num_preprocess_workers: 0 }, RangeError, 'num_preprocess_workers must be an integer from 1 to 256, not 0'],
    [{ preprocess_batch_size: 1.5 }, RangeError, 'preprocess_batch_size must be an integer from 1 to 256, not 1.5'],
    [{ max_concurrent_threads: '8' }, TypeError, 'max_concurrent_threads must be an integer from 1 to 256, not 8'],
    [{ image_resize_size: 224 }, TypeError, 'image_resize_size must be an array, not 224'],
    [{ image_resize_size: [224] }, RangeError, 'image_resize_size must be [height, width], not 1 numbers'],
    [{ image_resize_size: [224, 0] }, RangeError, 'image_resize_size[1] must be an integer from 1 to 16384, not 0'],
    [{ max_text_length: -1 }, RangeError, 'max_text_length must be an integer from 1'],
    [{ pipeline_depth: NaN }, RangeError, 'pipeline_depth must be an integer from 1 to 256, not NaN'],
    [{ pipeline_buffer_size: 0 }, RangeError, 'pipeline_buffer_size must be an integer from 1 to 65536, not 0'],
    [{ adaptation_frequency: 0 }, RangeError, 'adaptation_frequency must be a number from 0.01 to 3600, not 0'],
    [{ performance_target: 1 }, RangeError, 'performance_target must be a number from 0.1 to 0.99, not 1'],
    [{ power_constraint: 1.1 }, RangeError, 'power_constraint must be a number from 0.01 to 1, not 1.1'],
    [{ thermal_constraint: 200 }, RangeError, 'thermal_constraint must be a number from 1 to 150, not 200'],
    [{ memory_threshold: 0 }, RangeError, 'memory_threshold must be a number from 0.01 to 1, not 0'],
    [{ clear_cache_interval: 0 }, RangeError, 'clear_cache_interval must be an integer from 1 to 1000000, not 0'],
    [{ enable_memory_pooling: 1 }, TypeError, 'enable_memory_pooling must be true or false, not 1'],
  ])('refuses %j, wherever it is given', (options, kind, message) => {
    for (const make of [
      () => new AdvancedCPUOptimizationConfig(options as never),
      () => new IntelCPUOptimizedPreprocessor(options as never),
      () => new IntelOptimizedPipeline({ run: () => 1 }, options as never),
      () => new AdaptiveIntelOptimizer(options as never),
    ]) {
      expect(make).toThrow(kind);
      expect(make).toThrow(message);
    }
  });
});
