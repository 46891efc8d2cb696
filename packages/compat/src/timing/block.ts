import { timeBlock, type TimedBlock } from '@otel-perf/timing';
import type { ExecutionOptions } from './decorators.ts';
import { to_documented, type TimingResult } from './result.ts';

/** The timer of a block that runs; it ends once, when it is disposed of or stopped. */
export class BlockTimer implements Disposable {
  readonly #block: TimedBlock;

  constructor(block: TimedBlock) {
    this.#block = block;
  }

  get operation_name(): string {
    return this.#block.operationName;
  }

  get metadata(): Readonly<Record<string, unknown>> {
    return this.#block.metadata;
  }

  /** Unix seconds. */
  get start_time(): number {
    return this.#block.startTime;
  }

  /** Unix seconds; `null` until the end. */
  get end_time(): number | null {
    return this.#block.endTime;
  }

  /** Seconds; `null` until the end. */
  get elapsed_time(): number | null {
    return this.#block.elapsedTime;
  }

  /** `null` until the end. */
  get result(): TimingResult | null {
    const { result } = this.#block;
    return result === null ? null : to_documented(result);
  }

  /** Ends the block, unless it has ended. Returns its seconds. */
  stop(): number {
    return this.#block.stop();
  }

  /** Lets the block count as failed with `error`, which `using` alone does not see. */
  fail(error: unknown): void {
    this.#block.fail(error);
  }

  [Symbol.dispose](): void {
    this.#block[Symbol.dispose]();
  }
}

/** Times a block, with `using` or as `fn`, whose result is returned. Records `<operation>_time`, source `time_block`. */
export function time_block(operation_name: string, options?: ExecutionOptions): BlockTimer;
export function time_block<Result>(operation_name: string, options: ExecutionOptions | undefined, fn: () => Result): Result;
export function time_block<Result>(
  operation_name: string,
  { collect_metrics, metadata }: ExecutionOptions = {},
  fn?: () => Result,
): BlockTimer | Result {
  const options = { collectMetrics: collect_metrics, metadata };
  return fn === undefined ? new BlockTimer(timeBlock(operation_name, options)) : timeBlock(operation_name, options, fn);
}
