import { CentralizedMetricsCollector } from '@otel-perf/metrics';
import { InferencePipeline } from '../../src/pipeline/inference-pipeline.ts';
import type { PipelineOptions } from '../../src/pipeline/pipeline-options.ts';
import type { Stages } from '../../src/pipeline/stages.ts';

/** A pipeline that leaves the collector of the process alone. */
export function makePipeline<In, Out>(
  stages: Stages<In, Out>,
  options: Partial<PipelineOptions<In, Out>> = {},
): InferencePipeline<In, Out> {
  return new InferencePipeline({ collector: new CentralizedMetricsCollector(), ...options, stages });
}

export function* numbers(count: number): Generator<number, void> {
  for (let i = 0; i < count; i++) yield i;
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** Lets everything happen that needs no time. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Resolves after so many turns of the event loop; 0 at once. */
export async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await settle();
}

/** Calls that wait to be let through. */
export class Door<T = void> {
  readonly #waiting: ((value: T) => void)[] = [];

  get waiting(): number {
    return this.#waiting.length;
  }

  wait(): Promise<T> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Lets the first one through. */
  async open(value: T): Promise<void> {
    this.#waiting.shift()!(value);
    await settle();
  }

  async openAll(value: T): Promise<void> {
    while (this.#waiting.length > 0) await this.open(value);
  }
}

/** Counts how often it is disposed of. */
export class Thing implements Disposable {
  disposed = 0;

  [Symbol.dispose](): void {
    this.disposed++;
  }
}
