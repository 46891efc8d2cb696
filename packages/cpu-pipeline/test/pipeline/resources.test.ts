import { DiagLogLevel, diag } from '@opentelemetry/api';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { failed } from '../../src/pipeline/failed.ts';
import { stage } from '../../src/pipeline/stages.ts';
import { all, Door, makePipeline, numbers, settle, Thing } from './helpers.ts';

describe('what an item owns', () => {
  test('is disposed of when it has gone through, the newest first', async () => {
    const order: string[] = [];
    const thing = (name: string) => ({ [Symbol.dispose]: () => order.push(name) }) as unknown as Disposable;
    const pipeline = makePipeline(
      stage({
        name: 'a',
        run: (item: number, context) => {
          context.own(thing('first'));
          context.own(thing('second'));
          return item;
        },
      }).into({ name: 'b', run: async (item) => (await settle(), order.push('work'), item) }),
    );
    await pipeline.submit(1);
    expect(order).toEqual(['work', 'second', 'first']);
  });

  test('is disposed of before the outcome is there', async () => {
    const things: Thing[] = [];
    const pipeline = makePipeline(stage({ name: 'a', run: async (_: number, context) => things.push(context.own(new Thing())) }));
    for await (const { index } of pipeline.run(numbers(5))) expect(things[index]!.disposed).toBe(1);
  });

  test('is disposed of when it fails, in the stage or in a later one', async () => {
    const things: Thing[] = [];
    const pipeline = makePipeline(
      stage({
        name: 'a',
        run: (item: number, context) => {
          things.push(context.own(new Thing()));
          if (item === 0) throw new Error('at once');
          return item;
        },
      }).into({ name: 'b', batch: { size: 2 }, runBatch: (items) => items.map(() => failed('later')) }),
    );
    await all(pipeline.run(numbers(3)));
    expect(things.map(({ disposed }) => disposed)).toEqual([1, 1, 1]);
  });

  test('stays as long as a call has the item, however long that is cancelled', async () => {
    const door = new Door();
    const thing = new Thing();
    const pipeline = makePipeline(stage({ name: 'a', run: async (_: number, context) => (context.own(thing), await door.wait()) }));
    const controller = new AbortController();
    const submitted = pipeline.submit(1, { signal: controller.signal });
    controller.abort('stop');
    await expect(submitted).rejects.toBe('stop');
    await settle();
    expect(thing.disposed).toBe(0);
    await door.openAll();
    expect(thing.disposed).toBe(1);
  });

  test('is disposed of at once where the item waits when it is cancelled, or has left', async () => {
    const door = new Door();
    const things: Thing[] = [];
    const late = new Thing();
    const pipeline = makePipeline(
      stage({
        name: 'a',
        run: (item: number, context) => {
          things.push(context.own(new Thing()));
          if (item === 0) void door.wait().then(() => context.own(late));
          return item;
        },
      }).into({ name: 'b', run: async (item) => (item === 0 ? item : new Promise<number>(() => {})) }),
    );
    await pipeline.submit(0);
    await door.openAll();
    expect(late.disposed).toBe(1);
    const controller = new AbortController();
    const waiting = [1, 2].map((item) => pipeline.submit(item, { signal: controller.signal }));
    controller.abort('stop');
    await Promise.allSettled(waiting);
    expect(things.map(({ disposed }) => disposed)).toEqual([1, 0, 1]);
  });

  test('can be taken back, and owned twice without harm', async () => {
    const [kept, owned] = [new Thing(), new Thing()];
    const pipeline = makePipeline(
      stage({
        name: 'a',
        run: (_: number, context) => {
          context.own(kept);
          context.own(owned);
          context.own(owned);
          return [context.release(kept), context.release(kept), context.release(new Thing())];
        },
      }),
    );
    await expect(pipeline.submit(1)).resolves.toEqual([true, false, false]);
    expect([kept.disposed, owned.disposed]).toEqual([0, 1]);
  });

  test.each([undefined, null, 5, {}, { [Symbol.dispose]: 1 }])('must be something to dispose of, not %p', async (resource) => {
    const pipeline = makePipeline(stage({ name: 'a', run: (_: number, context) => context.own(resource as never) }));
    await expect(pipeline.submit(1)).rejects.toThrow('a resource must have a method Symbol.dispose or Symbol.asyncDispose');
  });
});

describe('what is delivered', () => {
  test('is with whoever gets the outcome', async () => {
    const pipeline = makePipeline(stage({ name: 'a', run: (_: number, context) => context.deliver(new Thing()) }));
    expect((await pipeline.submit(1)).disposed).toBe(0);
    for await (const outcome of pipeline.run(numbers(3))) expect(outcome).toMatchObject({ ok: true, value: { disposed: 0 } });
    await pipeline.close();
  });

  test('is disposed of where the item fails later, or nobody takes the outcome', async () => {
    const things: Thing[] = [];
    const pipeline = makePipeline(
      stage({ name: 'a', concurrency: 4, run: (item: number, context) => (things.push(context.deliver(new Thing())), item) }).into({
        name: 'b',
        concurrency: 4,
        run: (item) => {
          if (item === 1) throw new Error('later');
          return item;
        },
      }),
    );
    for await (const { index } of pipeline.run(numbers(6))) {
      await settle();
      if (index === 2) break;
    }
    await pipeline.close();
    expect(things.map(({ disposed }) => disposed)).toEqual([0, 1, 0, 1, 1, 1]);
  });

  test('and then owned again is disposed of', async () => {
    const thing = new Thing();
    const pipeline = makePipeline(stage({ name: 'a', run: (_: number, context) => void context.own(context.deliver(thing)) }));
    await pipeline.submit(1);
    expect(thing.disposed).toBe(1);
  });
});

test('what a batch owns is disposed of once, with the last of its items', async () => {
  const door = new Door();
  const thing = new Thing();
  const pipeline = makePipeline(
    stage({
      name: 'a',
      batch: { size: 3 },
      runBatch: (items: readonly number[], context) => {
        context.own(thing);
        return items;
      },
    }).into({ name: 'b', concurrency: 3, run: async (item) => (await door.wait(), item) }),
  );
  const submitted = Promise.all([...numbers(3)].map((item) => pipeline.submit(item)));
  await settle();
  await door.open();
  await door.open();
  expect(thing.disposed).toBe(0);
  await door.open();
  expect(thing.disposed).toBe(1);
  await submitted;
});

describe('disposing asynchronously', () => {
  afterEach(() => diag.disable());

  test('is waited for by drain and by close', async () => {
    const door = new Door();
    let disposed = 0;
    const resource = { [Symbol.asyncDispose]: async () => (await door.wait(), void disposed++) };
    const pipeline = makePipeline(stage({ name: 'a', run: (item: number, context) => (context.own(resource), item) }));
    await pipeline.submit(1);
    let drained = false;
    const draining = pipeline.drain().then(() => (drained = true));
    await settle();
    expect([disposed, drained]).toEqual([0, false]);
    await door.openAll();
    await draining;
    await pipeline.submit(1);
    const closing = pipeline.close();
    await door.openAll();
    await closing;
    expect(disposed).toBe(2);
  });

  test('may fail: it is logged, and the item is none the worse', async () => {
    const error = jest.fn();
    diag.setLogger(
      { error, warn() {}, info() {}, debug() {}, verbose() {} },
      { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
    );
    const pipeline = makePipeline(
      stage({
        name: 'a',
        run: (item: number, context) => {
          context.own({ [Symbol.asyncDispose]: async () => Promise.reject(new Error('later')) });
          context.own({
            [Symbol.dispose]: () => {
              throw new Error('at once');
            },
          });
          return item;
        },
      }),
      { name: 'ocr' },
    );
    await expect(pipeline.submit(1)).resolves.toBe(1);
    await pipeline.close();
    const message = 'pipeline "ocr": a resource could not be disposed of';
    expect(error.mock.calls).toEqual([
      [message, new Error('at once')],
      [message, new Error('later')],
    ]);
  });
});
