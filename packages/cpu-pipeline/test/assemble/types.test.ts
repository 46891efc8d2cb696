import { afterAll, expect, test } from '@jest/globals';
import { CentralizedMetricsCollector } from '@otel-perf/metrics';
import { createModelPipeline, type ModelPipeline } from '../../src/assemble/model-pipeline.ts';
import type { Tensors } from '../../src/assemble/stack.ts';
import { OnnxModel } from '../../src/infer/onnx-model.ts';
import type { OnnxResult } from '../../src/infer/onnx-result.ts';
import { Preprocessor } from '../../src/preprocess/preprocessor.ts';
import { ModelFiles, onnxFile } from '../infer/onnx-file.ts';
import { all } from '../pipeline/helpers.ts';
import { DOUBLE, floats, makePool } from './set-up.ts';

const files = new ModelFiles();
afterAll(() => files[Symbol.dispose]());
const double = files.write('double', DOUBLE);
const collector = new CentralizedMetricsCollector();

/** Checked by the compiler: whether both are the same type. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(equal: Same<A, B>): boolean => equal;

test('what postprocess gives is what comes out', async () => {
  await using pipeline = await createModelPipeline({
    model: double,
    preprocess: (value: number) => ({ x: floats([1, 1], [value]) }),
    postprocess: async ({ y }, { index }) => ({ index, doubled: Number(y!.data[0]) }),
    workers: 2,
    collector,
  });
  same<typeof pipeline, ModelPipeline<number, { index: number; doubled: number }>>(true);
  const outcomes = await all(pipeline.run([4, 5]));
  expect(outcomes.map((outcome) => (outcome.ok ? outcome.value.doubled : 0))).toEqual([8, 10]);
  // @ts-expect-error items are numbers
  await expect(pipeline.submit({})).resolves.toEqual({ index: 0, doubled: NaN });
});

test('without one, tensors', async () => {
  await using model = await OnnxModel.load(double);
  await using pipeline = await createModelPipeline({ model, preprocess: (item: Tensors) => item, collector });
  same<typeof pipeline, ModelPipeline<Tensors, Tensors>>(true);
  expect(await pipeline.submit({ x: floats([1, 1], [4]) })).toEqual({ y: floats([1, 1], [8]) });
  // @ts-expect-error it is given the tensors
  await using other = await createModelPipeline({ model, preprocess: (item: Tensors) => item, postprocess: (made: OnnxResult) => made });
  expect(other).toBeDefined();
});

test('texts, as a Preprocessor gives them', async () => {
  const ids = { type: 'int64', dims: ['n', 'length'] } as const;
  const inputs = ['input_ids', 'attention_mask'];
  const model = files.write(
    'masked',
    onnxFile(
      inputs.map((name) => ({ name, ...ids })),
      [{ operator: 'Mul', inputs, outputs: ['y'] }],
      [{ name: 'y', ...ids }],
    ),
  );
  const { pool, live } = makePool();
  const tokenizer = (text: string) => ({ input_ids: Array.from(text, (letter) => letter.codePointAt(0)!) });
  const preprocessor = new Preprocessor({ pool, collector, tokenizer, padId: 0 });
  await using pipeline = await createModelPipeline({
    model,
    preprocess: async (text: string, context) => context.own(await preprocessor.text(text)),
    pool,
    collector,
  });
  same<typeof pipeline, ModelPipeline<string, Tensors>>(true);
  const [first, second] = await Promise.all([pipeline.submit('ab'), pipeline.submit('c')]);
  expect([first!['y'], second!['y']].map((y) => [...(y!.data as BigInt64Array)])).toEqual([[97n, 98n], [99n]]);
  expect(live()).toBe(0);
});

test('of models that are called', async () => {
  await using lengths = await createModelPipeline({
    model: { run: async (input: { text: string }) => input.text.length },
    preprocess: (text: string) => ({ text }),
    postprocess: async (made) => made.toFixed(1),
    modelConcurrency: 2,
    collector,
  });
  same<typeof lengths, ModelPipeline<string, string>>(true);
  expect(await lengths.submit('abc')).toBe('3.0');
  await using generated = await createModelPipeline({
    model: { generate: (prompt: string) => [prompt] },
    preprocess: async (item: number) => `${item}`,
    collector,
  });
  same<typeof generated, ModelPipeline<number, string[]>>(true);
  expect(await generated.submit(5)).toEqual(['5']);
});

test('what does not fit is refused by the compiler', async () => {
  const run = (text: string): string => text.trim();
  // @ts-expect-error a model of a file takes tensors
  await using first = await createModelPipeline({ model: double, preprocess: (item: string) => item, collector });
  await expect(first.submit('a')).rejects.toThrow("takes tensors by the names of its inputs (x), not 'a'");
  // @ts-expect-error this model takes texts
  await using second = await createModelPipeline({ model: { run }, preprocess: (item: number) => item, collector });
  await expect(second.submit(5)).rejects.toThrow('text.trim is not a function');
  // @ts-expect-error a model that is called has no batches
  await using third = await createModelPipeline({ model: { run }, preprocess: (text: string) => text, batch: { size: 8 }, collector });
  expect(await third.submit(' a ')).toBe('a');
});
