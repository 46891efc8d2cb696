import { diag } from '@opentelemetry/api';
import type { BlockRecord } from './memory-block.ts';

/** A block that was garbage collected while it was live. Its memory has been given back. */
export interface Leak {
  readonly pool: string;
  readonly id: string;
  /** Bytes that were asked for. */
  readonly requested: number;
  readonly ageMillis: number;
  /** Where it was allocated, with `leaks: 'stack'`. */
  readonly stack?: string;
}

export type LeakListener = (leak: Leak) => void;

/** One for all pools, so that it outlives a pool whose blocks are collected together with it. */
const registry = new FinalizationRegistry<BlockRecord>((record) => record.owner.leaked(record));

export function watchForLeak(block: object, record: BlockRecord): void {
  registry.register(block, record, record);
}

export function stopWatching(record: BlockRecord): void {
  registry.unregister(record);
}

/** Allows for the frames of the pool itself, which are left out. */
export function stackOf(caller: (...args: never[]) => unknown): string {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, caller);
  return (holder.stack ?? '').replace(/^.*\n/, '');
}

export function warnOfLeak({ pool, id, requested, stack }: Leak): void {
  diag.warn(
    `otel-perf: memory pool ${JSON.stringify(pool)}: block ${JSON.stringify(id)} of ${requested} bytes was garbage collected before it was freed; its memory is given back${stack === undefined ? '' : `. It was allocated\n${stack}`}`,
  );
}
