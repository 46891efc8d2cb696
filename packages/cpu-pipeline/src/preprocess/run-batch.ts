import { PreprocessedBatch, type Outcome, type Row } from './batch.ts';
import { work, type Item } from './item.ts';
import { breather, inLanes } from './lanes.ts';
import type { ItemTimes } from './times.ts';

export interface Steps<Prepared, Inputs extends Disposable> {
  readonly times: ItemTimes;
  /** Items that are prepared at a time. */
  readonly concurrency: number;
  /** @throws PreprocessError where something is wrong with the item. */
  prepare(item: Item<Prepared>): Promise<Prepared>;
  /** Which of the prepared items share one of the inputs, in their order. */
  group(items: readonly Item<Prepared>[]): readonly (readonly Item<Prepared>[])[];
  /** The inputs of a group, one row for each item; `undefined` where the items have errors instead. */
  assemble(group: readonly Item<Prepared>[], between: () => Promise<void>): Promise<Inputs | undefined>;
}

/** Takes `items` through both steps. What it throws is nobody's error, or the reason of `signal`; then nothing is kept. */
export async function runBatch<Prepared, Inputs extends Disposable>(
  items: readonly Item<Prepared>[],
  steps: Steps<Prepared, Inputs>,
  signal: AbortSignal | undefined,
): Promise<PreprocessedBatch<Inputs>> {
  const breathe = breather();
  const between = async (): Promise<void> => {
    await breathe();
    signal?.throwIfAborted();
  };
  const inputs: Inputs[] = [];
  const rows = new Map<Item<Prepared>, Row<Inputs>>();
  try {
    signal?.throwIfAborted();
    await inLanes(items.length, steps.concurrency, async (index) => {
      const item = items[index]!;
      item.prepared = await work([item], () => steps.prepare(item));
      await between();
    });
    for (const group of steps.group(items.filter(({ error }) => error === undefined))) {
      const made = await steps.assemble(group, between);
      if (made === undefined) continue;
      inputs.push(made);
      group.forEach((item, row) => rows.set(item, { inputs: made, row }));
      signal?.throwIfAborted();
    }
  } catch (error) {
    for (const made of inputs) made[Symbol.dispose]();
    throw error;
  }
  const outcomes = items.map((item): Outcome<Row<Inputs>> => {
    steps.times.record(item);
    return item.error === undefined ? { ok: true, value: rows.get(item)! } : { ok: false, error: item.error };
  });
  return new PreprocessedBatch(outcomes, inputs);
}
