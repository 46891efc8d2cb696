import { OutOfMemoryError } from '@otel-perf/memory-pool';
import { PreprocessError, type PreprocessKind, type PreprocessReason } from './errors.ts';

/** One text or image on its way. */
export class Item<Prepared> {
  readonly kind: PreprocessKind;
  readonly index: number;
  readonly name: number | string;
  readonly input: unknown;
  /** Milliseconds of work on it so far. */
  millis = 0;
  /** What it came to before it is put into a tensor. */
  prepared: Prepared | undefined;
  error: PreprocessError | undefined;

  constructor(kind: PreprocessKind, index: number, name: number | string, input: unknown) {
    this.kind = kind;
    this.index = index;
    this.name = name;
    this.input = input;
  }

  refuse(reason: PreprocessReason, detail: string, cause?: unknown): PreprocessError {
    return new PreprocessError(this.kind, this.name, reason, detail, cause);
  }
}

/** Runs a step of the work on `items`, in the time of each. An error that is theirs stays with them; others are thrown. */
export async function work<Prepared, Result>(
  items: readonly Item<Prepared>[],
  step: () => Result | Promise<Result>,
): Promise<Awaited<Result> | undefined> {
  const startedAt = performance.now();
  try {
    return await step();
  } catch (error) {
    for (const item of items) item.error = ownError(item, error);
    return undefined;
  } finally {
    const millis = (performance.now() - startedAt) / items.length;
    for (const item of items) item.millis += millis;
  }
}

function ownError(item: Item<unknown>, error: unknown): PreprocessError {
  if (error instanceof PreprocessError) return error;
  if (error instanceof OutOfMemoryError) return item.refuse('memory', error.message, error);
  throw error;
}
