import { getEventListeners } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { PipelineClosedError } from '../../src/pipeline/errors.ts';
import { stage } from '../../src/pipeline/stages.ts';
import { all, Door, makePipeline, numbers, settle, turns } from './helpers.ts';

const same = (item: number) => item;

describe('outcomes', () => {
  test('come in the order of the items, whatever overtakes what', async () => {
    const pipeline = makePipeline(
      stage({ name: 'a', concurrency: 8, run: async (item: number) => (await turns((item * 7) % 5), item) }).into({
        name: 'b',
        concurrency: 4,
        run: async (item) => (await turns((item * 3) % 4), item * 10),
      }),
    );
    const outcomes = await all(pipeline.run(numbers(50)));
    expect(outcomes).toEqual(Array.from({ length: 50 }, (_, index) => ({ index, item: index, ok: true, value: index * 10 })));
    expect(pipeline.inFlight).toBe(0);
  });

  test('of items that fail have the very error and the stage, and the others go on', async () => {
    const thrown = new Error('thrown');
    const pipeline = makePipeline(
      stage({
        name: 'sync',
        run: (item: number) => {
          if (item === 1) throw thrown;
          return item;
        },
      }).into({
        name: 'async',
        run: async (item) => {
          if (item === 3) throw null;
          return item;
        },
      }),
    );
    const outcomes = await all(pipeline.run(numbers(5)));
    expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, true, false, true]);
    expect(outcomes[1]).toEqual({ index: 1, item: 1, ok: false, error: thrown, stage: 'sync' });
    expect((outcomes[1] as { error: unknown }).error).toBe(thrown);
    expect(outcomes[3]).toEqual({ index: 3, item: 3, ok: false, error: null, stage: 'async' });
  });

  test('may be asked for several at a time', async () => {
    const door = new Door();
    const run = makePipeline(stage({ name: 'a', concurrency: 3, run: async (item: number) => (await door.wait(), item) })).run(numbers(3));
    const asked = Promise.all([run.next(), run.next(), run.next(), run.next(), run.next()]);
    await door.openAll();
    expect((await asked).map(({ done, value }) => done || value.index)).toEqual([0, 1, 2, true, true]);
  });

  test('of thenables are what these resolve to', async () => {
    const pipeline = makePipeline(
      stage({
        name: 'a',
        run: (item: number): PromiseLike<string> => ({
          // oxlint-disable-next-line unicorn/no-thenable -- one that is no promise, on purpose
          then: ((resolve: (value: string) => void) => {
            resolve(`${item}`);
            resolve('again');
          }) as PromiseLike<string>['then'],
        }),
      }),
    );
    await expect(pipeline.submit(7)).resolves.toBe('7');
  });

  test('whose getters throw are failures of their items, and the others go on', async () => {
    const unreadable = new Error('unreadable');
    const trap = {
      // oxlint-disable-next-line unicorn/no-thenable -- on purpose
      get then() {
        throw unreadable;
      },
    };
    const single = makePipeline(stage({ name: 'a', run: (item: number): unknown => (item === 1 ? trap : item) }));
    const batches = makePipeline(
      stage({
        name: 'a',
        batch: { size: 1 },
        runBatch: (items: readonly number[]): readonly number[] => (items[0] === 1 ? (trap as unknown as number[]) : items),
      }),
    );
    for (const pipeline of [single, batches]) {
      const outcomes = await all(pipeline.run(numbers(3)));
      expect(outcomes.map((outcome) => (outcome.ok ? outcome.value : outcome.error))).toEqual([0, unreadable, 2]);
      await pipeline.close();
    }
  });
});

describe('a source', () => {
  test('may be asynchronous', async () => {
    async function* slow() {
      for (const item of numbers(20)) {
        if (item % 3 === 0) await settle();
        yield item;
      }
    }
    const outcomes = await all(makePipeline(stage({ name: 'a', run: async (item: number) => item + 1 })).run(slow()));
    expect(outcomes.map((outcome) => outcome.ok && outcome.value)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  test('may be empty', async () => {
    expect(await all(makePipeline(stage({ name: 'a', run: same })).run([]))).toEqual([]);
  });

  test.each([
    [
      'synchronous',
      function* () {
        yield* numbers(3);
        throw new RangeError('of the source');
      },
    ],
    [
      'asynchronous',
      async function* () {
        yield* numbers(3);
        throw new RangeError('of the source');
      },
    ],
  ])('that throws is heard after the items before it (%s)', async (_, source) => {
    const seen: number[] = [];
    const pipeline = makePipeline(stage({ name: 'a', run: async (item: number) => (await turns(3), item) }));
    await expect(
      (async () => {
        for await (const { index } of pipeline.run(source())) seen.push(index);
      })(),
    ).rejects.toThrow('of the source');
    expect(seen).toEqual([0, 1, 2]);
    await pipeline.drain();
  });

  test('that gives no iterator results is told so', async () => {
    const broken = { [Symbol.asyncIterator]: () => ({ next: async () => 5 as never }) };
    await expect(
      makePipeline(stage({ name: 'a', run: same }))
        .run(broken)
        .next(),
    ).rejects.toThrow('the source gave 5');
  });

  test('whose result cannot be read has failed, and the pipeline goes on', async () => {
    const unreadable = new Error('unreadable');
    const result = {
      get done(): boolean {
        throw unreadable;
      },
      value: 1,
    };
    const pipeline = makePipeline(stage({ name: 'a', run: same }));
    await expect(all(pipeline.run({ [Symbol.iterator]: () => ({ next: () => result }) }))).rejects.toBe(unreadable);
    const later = { [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve(result) }) };
    await expect(all(pipeline.run(later))).rejects.toBe(unreadable);
    expect(await all(pipeline.run(numbers(2)))).toHaveLength(2);
    await pipeline.close();
  });

  test('that is not iterable is refused', () => {
    expect(() => makePipeline(stage({ name: 'a', run: same })).run(5 as never)).toThrow('source must be iterable');
  });

  test('is touched with the first next() alone', async () => {
    let pulled = 0;
    const pipeline = makePipeline(stage({ name: 'a', run: same }));
    const run = pipeline.run({ [Symbol.iterator]: () => ({ next: () => ({ done: ++pulled > 2, value: pulled }) }) });
    await settle();
    expect(pulled).toBe(0);
    await all(run);
    expect(pulled).toBe(3);
  });
});

describe('backpressure', () => {
  test('a stage that is slow stops the source', async () => {
    const door = new Door();
    let pulled = 0;
    function* source() {
      for (const item of numbers(1000)) {
        pulled++;
        yield item;
      }
    }
    const pipeline = makePipeline(
      stage({ name: 'fast', run: same, concurrency: 2, buffer: 3 }).into({
        name: 'slow',
        run: async (item) => (await door.wait(), item),
        concurrency: 2,
        buffer: 4,
      }),
    );
    const run = pipeline.run(source());
    const first = run.next();
    await settle();
    // Two at work and four in front of the slow stage, two held back, three in front of the fast one.
    expect(pulled).toBe(11);
    expect(pipeline.capacity).toBe(11);
    expect(pipeline.inFlight).toBe(11);
    expect(door.waiting).toBe(2);
    await door.open();
    await first;
    await settle();
    expect(pulled).toBe(12);
    await run.return!();
    await door.openAll();
    await pipeline.drain();
  });

  test('a consumer that is slow stops the source', async () => {
    let pulled = 0;
    function* source() {
      for (;;) yield pulled++;
    }
    const pipeline = makePipeline(stage({ name: 'a', run: same, buffer: 2 }).into({ name: 'b', run: same, buffer: 2 }));
    const run = pipeline.run(source());
    await run.next();
    await turns(5);
    expect(pulled).toBeLessThanOrEqual(pipeline.capacity + 1);
    expect(pipeline.inFlight).toBe(0);
    const before = pulled;
    for (let i = 0; i < 10; i++) await run.next();
    expect(pulled).toBe(before + 10);
    await run.return!();
  });

  test('several runs share the stages in turn', async () => {
    const order: string[] = [];
    const pipeline = makePipeline(
      stage({ name: 'a', buffer: 1, run: async (item: string) => (order.push(item[0]!), await settle(), item) }),
    );
    const items = (name: string) => Array.from({ length: 10 }, (_, i) => `${name}${i}`);
    const [left, right] = await Promise.all([all(pipeline.run(items('l'))), all(pipeline.run(items('r')))]);
    expect(left.map(({ item }) => item)).toEqual(items('l'));
    expect(right.map(({ item }) => item)).toEqual(items('r'));
    const inTheMiddle = order.slice(4, 16).filter((name) => name === 'l').length;
    expect(inTheMiddle).toBeGreaterThanOrEqual(5);
    expect(inTheMiddle).toBeLessThanOrEqual(7);
  });
});

describe('leaving a run', () => {
  test('cancels what is under way, drops its results and lets the source clean up', async () => {
    const door = new Door();
    let cleaned = 0;
    const signals: AbortSignal[] = [];
    function* source() {
      try {
        yield* numbers(100);
      } finally {
        cleaned++;
      }
    }
    const worked: number[] = [];
    const pipeline = makePipeline(
      stage({
        name: 'a',
        concurrency: 2,
        run: async (item: number, context) => {
          if (item > 0) {
            signals.push(context.signal);
            await door.wait();
          }
          return item;
        },
      }).into({ name: 'b', run: (item) => (worked.push(item), item) }),
    );
    for await (const { index } of pipeline.run(source())) {
      expect(index).toBe(0);
      await settle();
      break;
    }
    expect(cleaned).toBe(1);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    expect(pipeline.inFlight).toBe(2);
    await door.openAll();
    expect(pipeline.inFlight).toBe(0);
    expect(worked).toEqual([0]);
    await expect(pipeline.submit(0)).resolves.toBe(0);
  });

  test('hears what the source throws while it cleans up', async () => {
    const pipeline = makePipeline(stage({ name: 'a', run: same }));
    const cleanUp = () => {
      throw new Error('cleaning');
    };
    async function* source() {
      try {
        yield* numbers(100);
      } finally {
        cleanUp();
      }
    }
    const run = pipeline.run(source());
    await run.next();
    await turns(3);
    await expect(run.return!()).rejects.toThrow('cleaning');
    await pipeline.drain();
  });

  test('does not wait for a source that is busy', async () => {
    const pipeline = makePipeline(stage({ name: 'a', run: same }));
    async function* source() {
      yield 1;
      await new Promise(() => {});
    }
    for await (const { item } of pipeline.run(source())) {
      expect(item).toBe(1);
      break;
    }
    await pipeline.drain();
  });

  test('before it has started does nothing', async () => {
    const run = makePipeline(stage({ name: 'a', run: same })).run(numbers(3));
    await run[Symbol.asyncDispose]();
    expect(await run.next()).toEqual({ done: true, value: undefined });
  });
});

describe('a signal', () => {
  test('ends a run at once with its reason, also when an outcome is waited for', async () => {
    const controller = new AbortController();
    const door = new Door();
    const pipeline = makePipeline(stage({ name: 'a', run: async (item: number) => (await door.wait(), item) }));
    const run = pipeline.run(numbers(10), { signal: controller.signal });
    const first = run.next();
    await settle();
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(first).rejects.toBe(reason);
    expect(await run.next()).toEqual({ done: true, value: undefined });
    expect(pipeline.inFlight).toBe(1);
    await door.openAll();
    expect(pipeline.inFlight).toBe(0);
  });

  test('that is aborted between outcomes is heard with the next one', async () => {
    const controller = new AbortController();
    const run = makePipeline(stage({ name: 'a', run: same })).run(numbers(10), { signal: controller.signal });
    await run.next();
    controller.abort(new Error('enough'));
    await expect(run.next()).rejects.toThrow('enough');
    expect(await run.next()).toEqual({ done: true, value: undefined });
  });

  test('is heard by a run that never has to wait for anything', async () => {
    const { promise: later, resolve: abort } = Promise.withResolvers<void>();
    setTimeout(abort, 30);
    const controller = new AbortController();
    const aborting = later.then(() => controller.abort(new Error('enough')));
    function* endless() {
      for (;;) yield 1;
    }
    await expect(all(makePipeline(stage({ name: 'a', run: same })).run(endless(), { signal: controller.signal }))).rejects.toThrow(
      'enough',
    );
    await aborting;
  });

  test('that is aborted already leaves the source alone', async () => {
    let pulled = 0;
    const source = { [Symbol.iterator]: () => ({ next: () => ({ done: false as const, value: pulled++ }) }) };
    const run = makePipeline(stage({ name: 'a', run: same })).run(source, { signal: AbortSignal.abort(new Error('before')) });
    await expect(run.next()).rejects.toThrow('before');
    expect(pulled).toBe(0);
  });

  test('is not listened to any more when the run is over', async () => {
    const { signal } = new AbortController();
    const pipeline = makePipeline(stage({ name: 'a', run: same }));
    const run = pipeline.run(numbers(3), { signal });
    await run.next();
    expect(getEventListeners(signal, 'abort').length).toBe(1);
    await all(run);
    for await (const _ of pipeline.run(numbers(3), { signal })) break;
    await pipeline.submit(1, { signal });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('closing', () => {
  test('throws into runs, waits for calls that are running, and refuses what comes after', async () => {
    const door = new Door();
    const pipeline = makePipeline(stage({ name: 'a', run: async (item: number) => (await door.wait(), item) }), { name: 'ocr' });
    const [run, unstarted] = [pipeline.run(numbers(10)), pipeline.run(numbers(10))];
    const first = run.next();
    let closed = false;
    const closing = pipeline.close().then(() => (closed = true));
    await expect(first).rejects.toThrow(new PipelineClosedError('pipeline "ocr" was closed'));
    await settle();
    expect(closed).toBe(false);
    await door.openAll();
    await closing;
    expect(() => pipeline.run([])).toThrow(new PipelineClosedError('pipeline "ocr" is closed'));
    await expect(unstarted.next()).rejects.toThrow(PipelineClosedError);
    await expect(pipeline.submit(1)).rejects.toThrow(PipelineClosedError);
    await pipeline.close();
  });

  test('is what await using does', async () => {
    let used;
    {
      await using pipeline = makePipeline(stage({ name: 'a', run: same }));
      used = pipeline;
      await pipeline.submit(1);
    }
    await expect(used.submit(1)).rejects.toThrow(PipelineClosedError);
  });
});

test('draining finishes runs and refuses new ones, and then takes them again', async () => {
  const door = new Door();
  const pipeline = makePipeline(stage({ name: 'a', concurrency: 2, run: async (item: number) => (await door.wait(), item) }), {
    name: 'ocr',
  });
  const outcomes = all(pipeline.run(numbers(4)));
  const submitted = pipeline.submit(9);
  await settle();
  let drained = false;
  const draining = pipeline.drain().then(() => (drained = true));
  await expect(pipeline.submit(1)).rejects.toThrow(new PipelineClosedError('pipeline "ocr" is draining'));
  expect(() => pipeline.run([])).toThrow(PipelineClosedError);
  await settle();
  expect(drained).toBe(false);
  await door.openAll();
  await draining;
  expect((await outcomes).length).toBe(4);
  expect(await submitted).toBe(9);
  const again = pipeline.submit(1);
  await door.openAll();
  await expect(again).resolves.toBe(1);
});
