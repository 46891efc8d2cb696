import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CentralizedMetricsCollector } from '@otel-perf/metrics';
import fc from 'fast-check';
import { createModelPipeline, type ModelPipeline } from '../../src/assemble/model-pipeline.ts';
import { OnnxModel } from '../../src/infer/onnx-model.ts';
import { PooledTensor } from '../../src/model/pooled-tensor.ts';
import type { Tensors } from '../../src/assemble/stack.ts';
import type { ItemContext } from '../../src/pipeline/context.ts';
import { ModelFiles } from '../infer/onnx-file.ts';
import { turns } from '../pipeline/helpers.ts';
import { floats, integers, makePool, PICK } from './set-up.ts';

interface Item {
  readonly kind: 'owned' | 'own memory' | 'beyond the row' | 'too large' | 'shape' | 'missing' | 'throws' | 'postprocess throws';
  readonly rows: number;
  readonly value: number;
  readonly wait: number;
}

/** Small enough that batches now and then find no room. */
const POOL = 2 ** 15;
const BAD = -1;
const files = new ModelFiles();
const { pool, live } = makePool(POOL);
let model: OnnxModel;

beforeAll(async () => {
  model = await OnnxModel.load(files.write('pick', PICK), { workers: 2, memory: pool, executionOptions: { logSeverityLevel: 4 } });
});
afterAll(async () => {
  await model.close();
  files[Symbol.dispose]();
});

async function preprocess({ kind, rows, value, wait }: Item, context: ItemContext): Promise<Tensors> {
  await turns(wait);
  const count = kind === 'too large' ? POOL : rows;
  const place = integers(
    [count, 1],
    Array.from({ length: count }, () => (kind === 'beyond the row' ? 3 : 1)),
  );
  const numbers = Array.from({ length: 3 * count }, (_, i) => (kind === 'postprocess throws' ? BAD : value + Math.floor(i / 3)));
  if (kind === 'own memory' || rows === 0) return { x: floats([count, 3], numbers), place };
  const x = context.own(PooledTensor.allocate(pool, 'float32', [count, 3]));
  x.data.set(numbers);
  if (kind === 'throws') throw new Error(kind);
  if (kind === 'missing') return { x };
  return { x: kind === 'shape' ? { ...x, dims: [3 * count] } : x, place };
}

const good = (item: Item): boolean => item.kind === 'owned' || item.kind === 'own memory';

/** What an outcome must be if it is there. */
function check(item: Item, value: readonly number[]): void {
  expect(value).toEqual(Array.from({ length: item.rows }, (_, row) => item.value + row));
  expect(item.rows === 0 || good(item)).toBe(true);
}

const items = fc.array(
  fc.record<Item>({
    kind: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom<Item['kind'][]>('owned', 'own memory') },
      fc.constantFrom<Item['kind'][]>('beyond the row', 'too large', 'shape', 'missing', 'throws', 'postprocess throws'),
    ),
    rows: fc.integer({ min: 0, max: 3 }),
    value: fc.integer({ min: 0, max: 1000 }),
    wait: fc.integer({ min: 0, max: 3 }),
  }),
  { minLength: 1, maxLength: 40, size: 'max' },
);
const abortAfter = fc.option(fc.integer({ min: 0, max: 40 }), { freq: 2 });

async function submitAll(pipeline: ModelPipeline<Item, number[]>, all: readonly Item[], { signal }: AbortController): Promise<number> {
  const calls = all.map((item, i) => pipeline.submit(item, i % 3 === 0 ? {} : { signal }));
  const results = await Promise.allSettled(calls);
  for (const [i, result] of results.entries()) if (result.status === 'fulfilled') check(all[i]!, result.value);
  return results.filter(({ status }) => status === 'fulfilled').length;
}

async function runAll(pipeline: ModelPipeline<Item, number[]>, all: readonly Item[], { signal }: AbortController): Promise<number> {
  let succeeded = 0;
  try {
    for await (const outcome of pipeline.run(all, { signal })) {
      if (outcome.ok) {
        check(outcome.item, outcome.value);
        succeeded++;
      }
    }
  } catch (error) {
    expect(error).toBe(signal.reason);
  }
  return succeeded;
}

test('good, bad and aborted items give back all their memory', async () => {
  let count = 0;
  let succeeded = 0;
  const cases = fc.record({
    all: items,
    abortAfter,
    closeAfter: fc.option(fc.integer({ min: 0, max: 40 }), { freq: 5 }),
    size: fc.option(fc.integer({ min: 1, max: 9 })),
    submits: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ all, abortAfter, closeAfter, size, submits }) => {
      count += all.length;
      const pipeline = await createModelPipeline({
        model,
        preprocess,
        postprocess: async ({ y }, context) => {
          await turns(context.index % 2);
          const values = Array.from(y!.data as Float32Array);
          if (values.includes(BAD)) throw new Error('bad');
          return values;
        },
        batch: size === null ? false : { size },
        pool,
        collector: new CentralizedMetricsCollector(),
      });
      const controller = new AbortController();
      const work = (submits ? submitAll : runAll)(pipeline, all, controller).catch((error: unknown) => {
        if (closeAfter === null) throw error;
        return 0;
      });
      const aborting = abortAfter === null ? undefined : turns(abortAfter).then(() => controller.abort(new Error('enough')));
      const closing = closeAfter === null ? undefined : turns(closeAfter).then(async () => pipeline.close());
      succeeded += await work;
      await Promise.all([aborting, closing]);
      await pipeline.close();
      expect(live()).toBe(0);
    }),
    { numRuns: 150 },
  );
  expect(count).toBeGreaterThan(1500);
  expect(succeeded).toBeGreaterThan(200);
  expect(pool.stats().blocks.allocated).toBeGreaterThan(1500);
}, 120_000);
