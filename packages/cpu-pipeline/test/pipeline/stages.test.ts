import { describe, expect, test } from '@jest/globals';
import { failed } from '../../src/pipeline/failed.ts';
import { InferencePipeline } from '../../src/pipeline/inference-pipeline.ts';
import { stage, type Stages } from '../../src/pipeline/stages.ts';
import { all, makePipeline } from './helpers.ts';

const run = (item: number) => item;
const batch = { size: 2 };
const runBatch = (items: readonly number[]) => items;

describe('stages', () => {
  test('take what the one before gives, as far as the compiler is concerned', async () => {
    const stages: Stages<string, boolean> = stage({ name: 'length', run: (text: string) => text.length })
      .into({ name: 'double', runBatch: async (lengths) => lengths.map((length) => (length > 0 ? length * 2 : failed('empty'))), batch })
      .into({ name: 'large', run: async (double) => double.toFixed(1) })
      .into({ name: 'is', run: (text) => text.endsWith('6.0') });
    // @ts-expect-error a string is wanted
    const wrong: Stages<number, boolean> = stages;
    expect(wrong).toBe(stages);
    // @ts-expect-error the stage before gives a boolean
    stages.into({ name: 'upper', run: (text: string) => text.toUpperCase() });
    const outcomes = await all(makePipeline(stages).run(['abc', '', 'a']));
    expect(outcomes).toEqual([
      { index: 0, item: 'abc', ok: true, value: true },
      { index: 1, item: '', ok: false, error: 'empty', stage: 'double' },
      { index: 2, item: 'a', ok: true, value: false },
    ]);
  });

  test('may be objects with methods', async () => {
    class Adder {
      readonly name = 'add';
      readonly #by = 3;
      run(item: number): number {
        return item + this.#by;
      }
    }
    await expect(makePipeline(stage(new Adder())).submit(4)).resolves.toBe(7);
  });

  test('may be shared by pipelines and continued in several ways', async () => {
    const first = stage({ name: 'a', run });
    const [left, right] = [first.into({ name: 'b', run: (x) => x + 1 }), first.into({ name: 'b', run: (x) => x + 2 })];
    expect(await Promise.all([makePipeline(first).submit(1), makePipeline(left).submit(1), makePipeline(right).submit(1)])).toEqual([
      1, 2, 3,
    ]);
  });

  test.each<[string, object, string]>([
    ['no name', { run }, 'name must be a string, not undefined'],
    ['an empty name', { name: '', run }, 'name must not be empty'],
    ['no function', { name: 'a' }, 'stage "a" must have a function run or a function runBatch'],
    ['both functions', { name: 'a', run, runBatch, batch }, 'stage "a" must have a function run or a function runBatch'],
    ['a batch without runBatch', { name: 'a', run, batch }, 'batch of stage "a" needs runBatch'],
    ['runBatch without a batch', { name: 'a', runBatch }, 'stage "a" must have a batch with a size'],
    ['a batch of none', { name: 'a', runBatch, batch: { size: 0 } }, 'batch.size must be an integer of at least 1, not 0'],
    [
      'a negative wait',
      { name: 'a', runBatch, batch: { size: 1, waitMillis: -1 } },
      'batch.waitMillis must be a number from 0 to 2147483647, not -1',
    ],
    ['no calls', { name: 'a', run, concurrency: 0 }, 'concurrency must be an integer of at least 1, not 0'],
    ['half a call', { name: 'a', run, concurrency: 1.5 }, 'concurrency must be an integer of at least 1, not 1.5'],
    ['no buffer', { name: 'a', run, buffer: 0 }, 'buffer must be an integer of at least 1, not 0'],
  ])('with %s are refused', (_, options, message) => {
    expect(() => stage(options as never)).toThrow(message);
    expect(() => stage({ name: 'first', run }).into(options as never)).toThrow(message);
  });

  test('with one name twice are refused', () => {
    expect(() => stage({ name: 'a', run }).into({ name: 'a', run })).toThrow(
      'name must be another one for each stage, and "a" is there twice',
    );
  });
});

test.each<[string, object, string]>([
  ['without stages', {}, 'stages must be made by stage()'],
  ['with a list of stages', { stages: [{ name: 'a', run }] }, 'stages must be made by stage()'],
  ['with an empty name', { stages: stage({ name: 'a', run }), name: '' }, 'name must not be empty'],
  ['that queues nothing', { stages: stage({ name: 'a', run }), maxQueued: 0 }, 'maxQueued must be an integer of at least 1, not 0'],
  [
    'that times nothing',
    { stages: stage({ name: 'a', run }), timedPerSecond: 0 },
    'timedPerSecond must be a number of at least 5e-324, not 0',
  ],
])('a pipeline %s is refused', (_, options, message) => {
  expect(() => new InferencePipeline(options as never)).toThrow(message);
});
