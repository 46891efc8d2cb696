import { getMetricsCollector } from '@otel-perf/metrics';
import type { BatchSize, ExecutionOptions, ResourceOptions, TimingDecorator, TimingOptions } from './api.ts';
import { Observed } from './call/observed.ts';
import { duration, throughput, type Quantity } from './call/quantity.ts';
import { resourceUse } from './call/resource-use.ts';
import { Site } from './call/site.ts';
import { BLOCK_SOURCE, fixedSource } from './call/source.ts';
import { Timing } from './call/timing.ts';
import { decorator, passthrough } from './decorate/decorator.ts';
import { checkBatchSize, checkExecutionOptions, checkOperationName, checkResourceOptions, checkTimingOptions } from './options.ts';

/**
 * Records how long calls take, in seconds, as `<operation>_time`; the operation is the function's own name unless one is given. Generators
 * and streams are timed to their end, and their items counted in `<operation>_items`. Calls that fail are recorded with the tag `error.type`.
 * @throws TypeError for an option that is not what it should be, naming it.
 */
export function timeFunction(operationName?: string, options: TimingOptions = {}): TimingDecorator {
  checkTimingOptions(options);
  return measuring('timeFunction', operationName, options, duration);
}

/**
 * Like `timeFunction`, with the source `time_block`: each call counts as a run of that block.
 * @throws TypeError for an option that is not what it should be, naming it.
 */
export function timeExecution(operationName: string, options: ExecutionOptions = {}): TimingDecorator {
  checkExecutionOptions(options);
  return measuring('timeExecution', checkOperationName(operationName), options, duration, BLOCK_SOURCE);
}

/**
 * Records what `timeFunction` does, and of the process during the call: `<operation>_cpu_user_time` and `<operation>_cpu_system_time`
 * (seconds), `<operation>_cpu_percent` (of one CPU, so that threads can make it more than 100), and `<operation>_memory_delta` (bytes of
 * resident set size, below 0 when memory was given back; reading it costs about 8 µs twice a call, and `memory: false` leaves it out).
 *
 * These belong to the process, in a worker thread the CPU to the thread: while tracked calls overlap, each is tagged `approximate: true`.
 * @throws TypeError for an option that is not what it should be, naming it.
 */
export function trackResourceUsage(operationName?: string, options: ResourceOptions = {}): TimingDecorator {
  checkResourceOptions(options);
  return measuring('trackResourceUsage', operationName, options, resourceUse(options.memory !== false));
}

/**
 * Records items per second as `<operation>_throughput`, and counts the items in `<operation>_throughput_items`. A call that fails counts as
 * one of no items, tagged `error.type`.
 * @throws TypeError or RangeError for an option that is not what it should be, naming it.
 */
export function measureThroughput(operationName: string, batchSize: BatchSize, options: TimingOptions = {}): TimingDecorator {
  checkBatchSize(batchSize);
  checkTimingOptions(options);
  return measuring('measureThroughput', checkOperationName(operationName), options, throughput(batchSize));
}

function measuring(
  kind: string,
  operationName: string | undefined,
  options: ExecutionOptions,
  quantity: Quantity,
  fixed?: string,
): TimingDecorator {
  if (operationName !== undefined) checkOperationName(operationName);
  const collector = options.collector ?? getMetricsCollector();
  if (options.collectMetrics === false) {
    collector.noteUnmeasured(operationName ?? kind);
    return passthrough;
  }
  const { attributes, shouldSkip, trackActive, span, samePromise = false } = options;
  const plain = quantity === duration && typeof attributes !== 'function' && shouldSkip === undefined && !trackActive && !span;
  return decorator({
    kind,
    operationName,
    measure: (operation, source) => {
      const site = new Site(collector, operation, fixed === undefined ? source : fixedSource(fixed), attributes);
      return plain ? new Timing(site, samePromise) : new Observed(site, quantity, options);
    },
  });
}
