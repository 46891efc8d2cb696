import { describe, expect, test } from '@jest/globals';
import { BatchResultError } from '../../src/pipeline/errors.ts';
import { failed } from '../../src/pipeline/failed.ts';
import { stage, type BatchOptions } from '../../src/pipeline/stages.ts';
import { all, Door, makePipeline, numbers, settle } from './helpers.ts';

const FOREVER = 1e9;

/** A stage whose batches wait at a door. */
function waiting(batch: BatchOptions, concurrency = 1) {
  const door = new Door();
  const batches: number[][] = [];
  const pipeline = makePipeline(
    stage({
      name: 'infer',
      concurrency,
      batch,
      runBatch: async (items: readonly number[]) => {
        batches.push([...items]);
        await door.wait();
        return items.map((item) => item * 2);
      },
    }),
  );
  return { pipeline, door, batches };
}

describe('a batch', () => {
  test('is what callers submit in one go, up to its size', async () => {
    const { pipeline, door, batches } = waiting({ size: 4 });
    const submitted = Promise.all([...numbers(6)].map((item) => pipeline.submit(item)));
    await settle();
    expect(batches).toEqual([[0, 1, 2, 3]]);
    await door.openAll();
    expect(batches).toEqual([
      [0, 1, 2, 3],
      [4, 5],
    ]);
    expect(await submitted).toEqual([0, 2, 4, 6, 8, 10]);
  });

  test('is whatever has come while calls were busy', async () => {
    const { pipeline, door, batches } = waiting({ size: 8 });
    const submitted = [pipeline.submit(0)];
    await settle();
    for (const item of [1, 2, 3]) {
      submitted.push(pipeline.submit(item));
      await settle();
    }
    expect(batches).toEqual([[0]]);
    await door.openAll();
    expect(batches).toEqual([[0], [1, 2, 3]]);
    await Promise.all(submitted);
  });

  test('waits for others no longer than it may', async () => {
    const { pipeline, door, batches } = waiting({ size: 4, waitMillis: 20 });
    const submitted = [pipeline.submit(0)];
    await settle();
    submitted.push(pipeline.submit(1));
    await settle();
    expect(batches).toEqual([]);
    while (batches.length === 0) await settle();
    expect(batches).toEqual([[0, 1]]);
    await door.openAll();
    await Promise.all(submitted);
  });

  test('that is full waits for nobody', async () => {
    const { pipeline, door, batches } = waiting({ size: 2, waitMillis: FOREVER });
    const submitted = Promise.all([pipeline.submit(0), pipeline.submit(1), pipeline.submit(2), pipeline.submit(3)]);
    await door.openAll();
    expect(batches).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(await submitted).toEqual([0, 2, 4, 6]);
    const alone = pipeline.submit(9);
    await settle();
    expect(batches.length).toBe(2);
    await Promise.all([expect(alone).rejects.toThrow('closed'), pipeline.close()]);
  });

  test('that has waited while calls were busy goes as soon as one is free', async () => {
    const { pipeline, door, batches } = waiting({ size: 2, waitMillis: 5 });
    const submitted = [pipeline.submit(0), pipeline.submit(1), pipeline.submit(2)];
    await new Promise((resolve) => setTimeout(resolve, 15));
    expect(batches).toEqual([[0, 1]]);
    await door.open();
    expect(batches).toEqual([[0, 1], [2]]);
    await door.openAll();
    await Promise.all(submitted);
  });

  test('of a run fills from the stage before, and items keep their order', async () => {
    const sizes: number[] = [];
    const pipeline = makePipeline(
      stage({ name: 'a', run: (item: number) => item, concurrency: 4 }).into({
        name: 'b',
        batch: { size: 5 },
        runBatch: async (items) => (sizes.push(items.length), await settle(), items),
      }),
    );
    const outcomes = await all(pipeline.run(numbers(100)));
    expect(outcomes.map((outcome) => outcome.ok && outcome.value)).toEqual([...numbers(100)]);
    expect(sizes.filter((size) => size === 5).length).toBeGreaterThanOrEqual(18);
  });
});

describe('the results of a batch', () => {
  test('may be failures of single items', async () => {
    const pipeline = makePipeline(
      stage({
        name: 'b',
        batch: { size: 4 },
        runBatch: (items: readonly number[]) => items.map((item) => (item % 2 === 0 ? item : failed(`odd ${item}`))),
      }),
    );
    expect(await Promise.allSettled([...numbers(4)].map((item) => pipeline.submit(item)))).toEqual([
      { status: 'fulfilled', value: 0 },
      { status: 'rejected', reason: 'odd 1' },
      { status: 'fulfilled', value: 2 },
      { status: 'rejected', reason: 'odd 3' },
    ]);
  });

  test.each<[string, (items: readonly number[]) => readonly number[] | Promise<readonly number[]>]>([
    [
      'throws',
      () => {
        throw new Error('all of it');
      },
    ],
    ['rejects', () => Promise.reject(new Error('all of it'))],
  ])('are the error for all where it %s', async (_, runBatch) => {
    const pipeline = makePipeline(stage({ name: 'b', batch: { size: 3 }, runBatch }));
    const outcomes = await all(pipeline.run(numbers(3)));
    expect(outcomes).toEqual(
      [...numbers(3)].map((index) => ({ index, item: index, ok: false, error: new Error('all of it'), stage: 'b' })),
    );
  });

  test.each<[string, unknown, string]>([
    ['too few', [1], 'stage "b" gave 1 results for a batch of 2'],
    ['too many', [1, 2, 3], 'stage "b" gave 3 results for a batch of 2'],
    ['no array', undefined, 'stage "b" gave undefined in place of an array of results for a batch of 2'],
  ])('that are %s fail all of them', async (_, results, message) => {
    const pipeline = makePipeline(stage({ name: 'b', batch: { size: 2 }, runBatch: async () => results as number[] }));
    for (const outcome of await all(pipeline.run(numbers(2))))
      expect(outcome).toMatchObject({ ok: false, error: new BatchResultError(message) });
  });
});

describe('the signal of a batch', () => {
  test('is aborted with the last of its items, and the others go on', async () => {
    const door = new Door();
    let signal: AbortSignal | undefined;
    const pipeline = makePipeline(
      stage({
        name: 'b',
        batch: { size: 3 },
        runBatch: async (items: readonly number[], context) => {
          signal = context.signal;
          await door.wait();
          return items;
        },
      }),
    );
    const controllers = [new AbortController(), new AbortController(), new AbortController()];
    const start = () => Promise.allSettled(controllers.map(({ signal }, i) => pipeline.submit(i, { signal })));
    const some = start();
    await settle();
    controllers[0]!.abort('first');
    controllers[2]!.abort('third');
    expect(signal!.aborted).toBe(false);
    await door.openAll();
    expect((await some).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected']);
    for (const i of controllers.keys()) controllers[i] = new AbortController();
    const none = start();
    await settle();
    for (const controller of controllers) controller.abort('all');
    expect(signal).toMatchObject({ aborted: true, reason: 'all' });
    await door.openAll();
    expect((await none).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(pipeline.inFlight).toBe(0);
  });

  test('of one run is that of the run', async () => {
    const signals = new Set<AbortSignal>();
    const pipeline = makePipeline(
      stage({
        name: 'b',
        batch: { size: 2 },
        runBatch: (items: readonly number[], context) => {
          signals.add(context.signal);
          for (const { signal } of context.items) signals.add(signal);
          return items;
        },
      }),
    );
    await all(pipeline.run(numbers(6)));
    expect(signals.size).toBe(1);
  });
});

describe('while it runs', () => {
  test('the batch size can be changed', async () => {
    const { pipeline, door, batches } = waiting({ size: 2, waitMillis: FOREVER });
    const submitted = [...numbers(9)].map((item) => pipeline.submit(item));
    pipeline.setBatchSize('infer', 4);
    await door.open();
    pipeline.setBatchSize('infer', 3);
    await door.openAll();
    expect(batches).toEqual([
      [0, 1],
      [2, 3, 4, 5],
      [6, 7, 8],
    ]);
    submitted.push(pipeline.submit(10));
    await settle();
    expect(batches.length).toBe(3);
    pipeline.setBatchSize('infer', 1);
    await door.openAll();
    expect(batches[3]).toEqual([10]);
    await Promise.all(submitted);
  });

  test('the number of calls can be changed', async () => {
    const { pipeline, door, batches } = waiting({ size: 1 });
    const outcomes = all(pipeline.run(numbers(8)));
    await settle();
    expect(door.waiting).toBe(1);
    pipeline.setConcurrency('infer', 3);
    await settle();
    expect(door.waiting).toBe(3);
    pipeline.setConcurrency('infer', 1);
    await door.open();
    await door.open();
    expect([door.waiting, batches.length]).toEqual([1, 3]);
    await door.openAll();
    expect((await outcomes).length).toBe(8);
  });

  test('wrong settings are refused', () => {
    const pipeline = makePipeline(stage({ name: 'a', run: (item: number) => item }));
    expect(() => pipeline.setBatchSize('a', 2)).toThrow(new RangeError('stage "a" has no batches'));
    expect(() => pipeline.setConcurrency('b', 2)).toThrow(new RangeError('stage must be one of a, not "b"'));
    expect(() => pipeline.setConcurrency('a', 0)).toThrow(new RangeError('concurrency must be an integer of at least 1, not 0'));
    expect(() => waiting({ size: 1 }).pipeline.setBatchSize('infer', 0.5)).toThrow('size must be an integer of at least 1, not 0.5');
  });
});

test('the load is what was finished since it was read', async () => {
  const { pipeline, door } = waiting({ size: 2 }, 2);
  const submitted = Promise.all([...numbers(10)].map((item) => pipeline.submit(item)));
  await settle();
  expect(pipeline.read()).toMatchObject({ items: 0, p95Seconds: undefined, waiting: 6 });
  await door.openAll();
  await submitted;
  const load = pipeline.read();
  expect(load).toMatchObject({ items: 10, waiting: 0 });
  expect(load.p95Seconds).toBeGreaterThan(0);
  expect(load.seconds).toBeGreaterThan(0);
  expect(pipeline.read()).toMatchObject({ items: 0, p95Seconds: undefined, waiting: 0 });
});
