import type { BatchSize, BlockOptions, CollectOptions, ExecutionOptions, ResourceOptions, TimingOptions } from './api.ts';

/** @throws TypeError naming the option and what it may be. */
export function checkOperationName(name: unknown): string {
  if (typeof name !== 'string' || name === '') refuse('operationName', 'a string that is not empty', name);
  return name;
}

/** @throws TypeError naming the option and what it may be. */
export function checkCollectOptions(options: CollectOptions): void {
  if (typeof options !== 'object' || options === null) refuse('options', 'an object', options);
  checkBoolean('collectMetrics', options.collectMetrics);
  const { collector } = options;
  if (collector !== undefined && typeof collector?.series !== 'function') refuse('collector', 'a CentralizedMetricsCollector', collector);
}

/** @throws TypeError naming the option and what it may be. */
export function checkTimingOptions(options: TimingOptions): void {
  checkCollectOptions(options);
  checkBoolean('trackActive', options.trackActive);
  checkBoolean('span', options.span);
  checkBoolean('samePromise', options.samePromise);
  const { attributes, shouldSkip } = options;
  if (typeof attributes !== 'function') checkRecord('attributes', 'an object or a function', attributes);
  if (shouldSkip !== undefined && typeof shouldSkip !== 'function') refuse('shouldSkip', 'a function', shouldSkip);
}

/** @throws TypeError naming the option and what it may be. */
export function checkResourceOptions(options: ResourceOptions): void {
  checkTimingOptions(options);
  checkBoolean('memory', options.memory);
}

/** @throws TypeError naming the option and what it may be. */
export function checkExecutionOptions(options: ExecutionOptions): void {
  checkTimingOptions(options);
  checkRecord('metadata', 'an object', options.metadata);
}

/** @throws TypeError naming the option and what it may be. */
export function checkBlockOptions(options: BlockOptions): void {
  checkCollectOptions(options);
  checkRecord('attributes', 'an object', options.attributes);
  checkRecord('metadata', 'an object', options.metadata);
}

/** @throws RangeError or TypeError naming the option and its bounds. */
export function checkBatchSize(batchSize: BatchSize): void {
  if (typeof batchSize === 'function') return;
  if (typeof batchSize !== 'number') refuse('batchSize', 'a number or a function', batchSize);
  if (!Number.isFinite(batchSize) || batchSize < 0) throw new RangeError(`batchSize must be a finite number from 0, not ${batchSize}`);
}

/** @throws RangeError naming the option and its bound. */
export function checkCount(option: string, value: number, least: number): number {
  if (!Number.isSafeInteger(value) || value < least)
    throw new RangeError(`${option} must be an integer of at least ${least}, not ${String(value)}`);
  return value;
}

function checkBoolean(option: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'boolean') refuse(option, 'a boolean', value);
}

function checkRecord(option: string, kind: string, value: unknown): void {
  if (value !== undefined && (typeof value !== 'object' || value === null)) refuse(option, kind, value);
}

function refuse(option: string, kind: string, value: unknown): never {
  throw new TypeError(`${option} must be ${kind}, not ${typeof value === 'string' ? JSON.stringify(value) : typeof value}`);
}
