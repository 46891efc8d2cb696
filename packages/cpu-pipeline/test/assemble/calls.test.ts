import { describe, expect, test } from '@jest/globals';
import { PooledTensor } from '../../src/model/pooled-tensor.ts';
import { createModelPipeline } from '../../src/assemble/model-pipeline.ts';
import { CentralizedMetricsCollector } from '@otel-perf/metrics';
import type { InferOptions } from '../../src/infer/model.ts';
import { all, Door, numbers, settle, Thing } from '../pipeline/helpers.ts';
import { makePool } from './set-up.ts';

const collector = new CentralizedMetricsCollector();

describe('a model with run() or generate()', () => {
  test('takes what preprocess gives, and gives what postprocess takes', async () => {
    const model = { factor: 2, run: (input: number) => input * 2 };
    await using pipeline = await createModelPipeline({
      model,
      preprocess: (text: string) => text.length,
      postprocess: async (made) => `${made}`,
      collector,
    });
    expect(await pipeline.submit('hello')).toBe('10');
    expect(pipeline.tunable).toBeUndefined();
    expect(pipeline.pool).toBeUndefined();
  });

  test('is called as a method, with the signal of the item', async () => {
    class Generator {
      readonly #end = '!';
      async generate(input: string, { signal }: InferOptions = {}): Promise<string> {
        return `${input}${this.#end} ${signal?.aborted}`;
      }
    }
    await using pipeline = await createModelPipeline({ model: new Generator(), preprocess: (text: string) => text.trim(), collector });
    expect(await pipeline.submit(' hello ')).toBe('hello! false');
  });

  test('gives outcomes in the order of the items, whatever they take', async () => {
    const run = async (input: number): Promise<number> => {
      for (let turn = 0; turn < (input * 7) % 5; turn++) await settle();
      return input;
    };
    await using pipeline = await createModelPipeline({ model: { run }, modelConcurrency: 3, preprocess: (n: number) => n, collector });
    const outcomes = await all(pipeline.run(numbers(100)));
    expect(outcomes.map(({ index, item, ...rest }) => [index, item, 'value' in rest && rest.value])).toEqual(
      Array.from({ length: 100 }, (_, i) => [i, i, i]),
    );
  });

  test('fails the item that it throws for, with what it threw', async () => {
    const reason = new Error('odd');
    const run = (input: number): number => {
      if (input % 2 === 1) throw reason;
      return input;
    };
    await using pipeline = await createModelPipeline({ model: { run }, preprocess: (n: number) => n, collector });
    const outcomes = await all(pipeline.run(numbers(4)));
    expect(outcomes.map((outcome) => (outcome.ok ? outcome.value : [outcome.error, outcome.stage]))).toEqual([
      0,
      [reason, 'infer'],
      2,
      [reason, 'infer'],
    ]);
  });

  test('a preprocess that throws fails its item, and what it had allocated is free', async () => {
    const { pool, live } = makePool();
    const reason = new Error('three');
    await using pipeline = await createModelPipeline({
      model: { run: ({ data }: PooledTensor<'float32'>) => data[0]! },
      preprocess: async (n: number, context) => {
        const tensor = context.own(PooledTensor.allocate(pool, 'float32', [1]));
        tensor.data[0] = n;
        if (n === 3) throw reason;
        return tensor;
      },
      collector,
    });
    const outcomes = await all(pipeline.run(numbers(5)));
    expect(outcomes.map((outcome) => (outcome.ok ? outcome.value : [outcome.error, outcome.stage]))).toEqual([
      0,
      1,
      2,
      [reason, 'preprocess'],
      4,
    ]);
    expect(live()).toBe(0);
  });

  test('has no more calls than it may, also when callers do not wait any more', async () => {
    const door = new Door<number>();
    let calls = 0;
    let most = 0;
    const run = async (): Promise<number> => {
      most = Math.max(most, ++calls);
      return door.wait().finally(() => calls--);
    };
    await using pipeline = await createModelPipeline({ model: { run }, preprocess: (n: number) => n, collector });
    const controller = new AbortController();
    const first = pipeline.submit(1, { signal: controller.signal });
    const second = pipeline.submit(2);
    await settle();
    controller.abort('enough');
    await expect(first).rejects.toBe('enough');
    await settle();
    expect([door.waiting, most]).toEqual([1, 1]);
    await door.open(10);
    await door.open(20);
    expect(await second).toBe(20);
    expect(most).toBe(1);
  });

  test('has what it was given until its call is over, aborted or not', async () => {
    const { pool, live } = makePool();
    const door = new Door();
    let read: number | undefined;
    await using pipeline = await createModelPipeline({
      model: { run: async ({ data }: PooledTensor<'float32'>) => door.wait().then(() => (read = data[0])) },
      preprocess: (n: number, context) => {
        const tensor = context.own(PooledTensor.allocate(pool, 'float32', [1]));
        tensor.data[0] = n;
        return tensor;
      },
      collector,
    });
    const controller = new AbortController();
    const call = pipeline.submit(7, { signal: controller.signal });
    await settle();
    controller.abort('enough');
    await expect(call).rejects.toBe('enough');
    expect(live()).toBe(1);
    using _other = PooledTensor.allocate(pool, 'float32', [1]);
    _other.data[0] = 99;
    await door.open();
    expect(read).toBe(7);
    expect(live()).toBe(1);
  });

  test('may heed the signal', async () => {
    const run = async (_: number, { signal }: InferOptions = {}): Promise<number> =>
      new Promise((_resolve, reject) => signal!.addEventListener('abort', () => reject(signal!.reason as Error), { once: true }));
    await using pipeline = await createModelPipeline({ model: { run }, preprocess: (n: number) => n, collector });
    const controller = new AbortController();
    const call = pipeline.submit(1, { signal: controller.signal });
    await settle();
    controller.abort('enough');
    await expect(call).rejects.toBe('enough');
    await pipeline.drain();
    expect(pipeline.pipeline.inFlight).toBe(0);
  });
});

describe('a result that can be disposed of', () => {
  test('is, when its item has left, if there is a postprocess', async () => {
    const made: Thing[] = [];
    const model = { run: () => made[made.push(new Thing()) - 1]! };
    await using pipeline = await createModelPipeline({
      model,
      preprocess: (n: number) => n,
      postprocess: ({ disposed }) => disposed,
      collector,
    });
    expect(await pipeline.submit(1)).toBe(0);
    expect(made.map(({ disposed }) => disposed)).toEqual([1]);
  });

  test('is its caller’s without one', async () => {
    await using pipeline = await createModelPipeline({ model: { run: () => new Thing() }, preprocess: (n: number) => n, collector });
    const result = await pipeline.submit(1);
    expect(result.disposed).toBe(0);
  });

  test('is disposed of where nobody wants it any more', async () => {
    const door = new Door<Thing>();
    await using pipeline = await createModelPipeline({ model: { run: () => door.wait() }, preprocess: (n: number) => n, collector });
    const controller = new AbortController();
    const call = pipeline.submit(1, { signal: controller.signal });
    await settle();
    controller.abort('enough');
    await expect(call).rejects.toBe('enough');
    const late = new Thing();
    await door.open(late);
    expect(late.disposed).toBe(1);
  });
});
