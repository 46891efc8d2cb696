import type { MemoryPool, OnFailure } from '@otel-perf/memory-pool';
import { ModelClosedError, WorkerExitError } from '../infer/errors.ts';
import type { OnnxModel } from '../infer/onnx-model.ts';
import type { BatchContext } from '../pipeline/context.ts';
import { failed, type Failed } from '../pipeline/failed.ts';
import { rowsOf } from './rows.ts';
import { Stack, stackKey, type Tensors } from './stack.ts';

/** Whether items may go through `model` together: each of its inputs and outputs must leave its first dimension to the call. */
export function takesRows({ inputs, outputs }: Pick<OnnxModel, 'inputs' | 'outputs'>): boolean {
  return [...inputs, ...outputs].every(({ dims: [rows] }) => typeof rows === 'string');
}

/**
 * Calls `model` for a batch of items that `transfer` has checked: once for all whose tensors agree in everything but the number of rows.
 * A call that fails is made again for each half of its items, so that one that is bad, or too little room for all, is nobody else's error.
 */
export function inferTogether(
  model: OnnxModel,
  pool: MemoryPool<OnFailure>,
): (items: readonly Tensors[], context: BatchContext) => Promise<(Tensors | Failed)[]> {
  return async (items, context) => {
    const results = Array.from<Tensors | Failed>({ length: items.length });
    const infer = async (places: readonly number[]): Promise<void> => {
      try {
        const made = await inferGroup(
          model,
          pool,
          places.map((place) => items[place]!),
          context,
        );
        for (const [i, place] of places.entries()) results[place] = made[i]!;
      } catch (error) {
        if (places.length > 1 && mayBeOfOne(error, context)) {
          const half = places.length >> 1;
          await infer(places.slice(0, half));
          await infer(places.slice(half));
        } else for (const place of places) results[place] = failed(error);
      }
    };
    const groups = Map.groupBy(items.keys(), (place) => stackKey(items[place]!) ?? place);
    // One after the other: each call of the stage is one of those that a worker of the model has at a time.
    // oxlint-disable-next-line no-await-in-loop
    for (const places of groups.values()) await infer(places);
    return results;
  };
}

/** A worker that ended may take the next one with it, and nobody waits any more for what is cancelled. */
function mayBeOfOne(error: unknown, { signal }: BatchContext): boolean {
  return !(signal.aborted || error instanceof WorkerExitError || error instanceof ModelClosedError);
}

async function inferGroup(
  model: OnnxModel,
  pool: MemoryPool<OnFailure>,
  group: readonly Tensors[],
  context: BatchContext,
): Promise<readonly (Tensors | Failed)[]> {
  // The calls have no signal: what they read must stay until the worker has done with it.
  context.signal.throwIfAborted();
  const [first, ...others] = group as [Tensors, ...Tensors[]];
  if (others.length === 0) return [context.own(await model.run(first)).tensors];
  using stack = new Stack(pool, [first, ...others]);
  const { tensors } = context.own(await model.run(stack.tensors));
  const counts = group.map((each) => Object.values(each)[0]!.dims[0]!);
  const all = counts.reduce((sum, count) => sum + count, 0);
  const unfit = Object.entries(tensors).find(([, { dims }]) => dims[0] !== all);
  if (unfit !== undefined) {
    const [name, { dims }] = unfit;
    const error = new TypeError(
      `output ${JSON.stringify(name)} of model ${JSON.stringify(model.name)} must have a row for each of the ${all} that items gave together, not dimensions [${dims.join(', ')}]: for a model that mixes rows, set batch to false`,
    );
    return group.map(() => failed(error));
  }
  let at = 0;
  return counts.map((count) => rowsOf(tensors, (at += count) - count, count));
}
