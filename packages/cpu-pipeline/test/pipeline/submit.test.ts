import { describe, expect, test } from '@jest/globals';
import { QueueFullError } from '../../src/pipeline/errors.ts';
import { stage } from '../../src/pipeline/stages.ts';
import { Door, makePipeline, settle } from './helpers.ts';

describe('submit', () => {
  test('gives the result of the last stage, or the very error', async () => {
    const thrown = { not: 'an error' };
    const pipeline = makePipeline(
      stage({
        name: 'a',
        run: async (item: number) => {
          if (item < 0) throw thrown;
          return item;
        },
      }).into({ name: 'b', run: (item) => `${item}` }),
    );
    await expect(pipeline.submit(3)).resolves.toBe('3');
    await expect(pipeline.submit(-3)).rejects.toBe(thrown);
  });

  test('refuses what is more than may wait, until there is room', async () => {
    const door = new Door();
    const pipeline = makePipeline(stage({ name: 'a', run: async (item: number) => (await door.wait(), item) }), {
      maxQueued: 2,
      name: 'ocr',
    });
    const accepted = [1, 2, 3].map((item) => pipeline.submit(item));
    await expect(pipeline.submit(4)).rejects.toThrow(new QueueFullError('2 items wait in pipeline "ocr", which is as many as may'));
    await door.open();
    const late = pipeline.submit(5);
    await door.openAll();
    expect(await Promise.all([...accepted, late])).toEqual([1, 2, 3, 5]);
  });

  test('without a limit lets callers wait', async () => {
    const pipeline = makePipeline(stage({ name: 'a', buffer: 1, run: async (item: number) => item }));
    const items = Array.from({ length: 1000 }, (_, i) => i);
    expect(await Promise.all(items.map((item) => pipeline.submit(item)))).toEqual(items);
  });

  test('from within a stage and from within a source works', async () => {
    const inner = makePipeline(stage({ name: 'a', run: (item: number) => item * 2 }));
    const pipeline = makePipeline(stage({ name: 'outer', run: (item: number) => inner.submit(item) }));
    const submitted: Promise<number>[] = [];
    function* source() {
      submitted.push(pipeline.submit(10));
      yield 1;
      submitted.push(pipeline.submit(20));
      yield 2;
    }
    const values: unknown[] = [];
    for await (const outcome of pipeline.run(source())) values.push(outcome.ok && outcome.value);
    expect([values, await Promise.all(submitted)]).toEqual([
      [2, 4],
      [20, 40],
    ]);
  });
});

test('a stage that is slow stops those before it, however many are submitted', async () => {
  const door = new Door();
  let prepared = 0;
  const pipeline = makePipeline(
    stage({ name: 'fast', concurrency: 3, run: async (item: number) => (prepared++, item) }).into({
      name: 'slow',
      buffer: 2,
      run: async (item) => (await door.wait(), item),
    }),
  );
  const submitted = Promise.all(Array.from({ length: 50 }, (_, i) => pipeline.submit(i)));
  await settle();
  // One at work and two in front of the slow stage, three held back.
  expect(prepared).toBe(6);
  await door.open();
  expect(prepared).toBe(7);
  await door.openAll();
  expect((await submitted).length).toBe(50);
});

test('items that leave make room for those that are held back', async () => {
  const door = new Door();
  const pipeline = makePipeline(
    stage({ name: 'fast', run: (item: number) => item }).into({
      name: 'slow',
      buffer: 2,
      run: async (item) => (await door.wait(), item),
    }),
  );
  const run = pipeline.run([1, 2, 3]);
  const first = run.next();
  await settle();
  const held = pipeline.submit(4);
  await run.return!();
  await expect(first).resolves.toEqual({ done: true, value: undefined });
  await door.openAll();
  await expect(held).resolves.toBe(4);
});

describe('a signal', () => {
  test('lets an item that waits leave at once, and makes room', async () => {
    const door = new Door();
    const started: number[] = [];
    const pipeline = makePipeline(stage({ name: 'a', run: async (item: number) => (started.push(item), await door.wait(), item) }), {
      maxQueued: 1,
    });
    const controller = new AbortController();
    const first = pipeline.submit(1);
    const second = pipeline.submit(2, { signal: controller.signal });
    controller.abort(new Error('not any more'));
    await expect(second).rejects.toThrow('not any more');
    expect(pipeline.inFlight).toBe(1);
    const third = pipeline.submit(3);
    await settle();
    await door.openAll();
    expect(await Promise.all([first, third])).toEqual([1, 3]);
    expect(started).toEqual([1, 3]);
  });

  test('reaches the call that has the item, whose result is dropped', async () => {
    const door = new Door();
    let heard: unknown;
    const pipeline = makePipeline(
      stage({
        name: 'a',
        run: async (item: number, { signal }) => {
          signal.addEventListener('abort', () => (heard = signal.reason));
          await door.wait();
          return item;
        },
      }).into({
        name: 'b',
        run: (): number => {
          throw new Error('it was not dropped');
        },
      }),
    );
    const controller = new AbortController();
    const submitted = pipeline.submit(1, { signal: controller.signal });
    controller.abort('stop');
    await expect(submitted).rejects.toBe('stop');
    expect(heard).toBe('stop');
    expect(pipeline.inFlight).toBe(1);
    await door.openAll();
    expect(pipeline.inFlight).toBe(0);
  });

  test('that a stage asks for too late is aborted', async () => {
    const door = new Door();
    let aborted: boolean | undefined;
    const pipeline = makePipeline(
      stage({
        name: 'a',
        run: async (_: number, context) => {
          await door.wait();
          aborted = context.signal.aborted;
        },
      }),
    );
    const controller = new AbortController();
    const submitted = pipeline.submit(1, { signal: controller.signal });
    controller.abort('stop');
    await expect(submitted).rejects.toBe('stop');
    await door.openAll();
    expect(aborted).toBe(true);
  });

  test('that is aborted already starts nothing', async () => {
    let calls = 0;
    const pipeline = makePipeline(stage({ name: 'a', run: () => calls++ }));
    await expect(pipeline.submit(1, { signal: AbortSignal.abort('before') })).rejects.toBe('before');
    expect(calls).toBe(0);
  });

  test('of very many that wait leaves none of them behind', async () => {
    const door = new Door();
    const pipeline = makePipeline(stage({ name: 'a', run: async (item: number) => (await door.wait(), item) }));
    const controller = new AbortController();
    const first = pipeline.submit(0);
    const rest = Array.from({ length: 5000 }, (_, i) => pipeline.submit(i, { signal: controller.signal }));
    const last = pipeline.submit(1);
    expect(pipeline.read().waiting).toBe(5001);
    controller.abort('all');
    for (const { status } of await Promise.allSettled(rest)) expect(status).toBe('rejected');
    expect(pipeline.read().waiting).toBe(1);
    await door.openAll();
    expect(await Promise.all([first, last])).toEqual([0, 1]);
  });
});
