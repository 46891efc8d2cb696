import { SharedAllocator } from '@otel-perf/memory-pool';
import { describe, expect, test } from '@jest/globals';
import { readFileSync, rmSync } from 'node:fs';
import { OnnxModel } from '../../src/infer/onnx-model.ts';
import { runDirectly } from './direct.ts';
import { CLASSES, CLASSIFIER, DETECTOR, lines, picture } from './models.ts';
import { ModelFiles } from './onnx-file.ts';
import { StartedWorkers } from './workers.ts';

describe('configure', () => {
  test('under load no call is lost or wrong, and as many threads are left as are wanted', async () => {
    using started = new StartedWorkers();
    const allocator = SharedAllocator.create({ size: 2 ** 24 });
    await using model = await OnnxModel.load(CLASSIFIER, { memory: allocator });
    const inputs = Array.from({ length: 6 }, (_, at) => lines(1, at));
    const expected = await runDirectly(CLASSIFIER, inputs);
    const load = new AbortController();
    let done = 0;
    const call = async (at: number): Promise<void> => {
      using result = await model.run({ x: inputs[at]! });
      const given = result.tensors[CLASSES]!.data as Float32Array;
      // With two threads sums are made in another order.
      for (const [place, value] of expected[at]!.entries()) expect(given[place]).toBeCloseTo(value, 5);
      done++;
    };
    const callers = [0, 1, 2, 3].map(async (from) => {
      for (let at = from; !load.signal.aborted; at = (at + 1) % inputs.length) await call(at);
    });
    const others = started.running.length - 1;
    for (const settings of [{ workers: 3 }, { intraOpNumThreads: 2 }, { workers: 1 }, { workers: 2, intraOpNumThreads: 1 }]) {
      const before = done;
      await model.configure(settings);
      expect(model.settings).toMatchObject(settings);
      expect(started.running).toHaveLength(others + model.settings.workers);
      for (let at = 0; at < 5; at++) await call(at);
      expect(done).toBeGreaterThanOrEqual(before + 5);
    }
    load.abort();
    await Promise.all(callers);
    expect(model.settings).toEqual({ workers: 2, intraOpNumThreads: 1 });
    expect(allocator.stats().blocks.current).toBe(0);
  });

  test('several at once follow each other', async () => {
    await using model = await OnnxModel.load(CLASSIFIER);
    const turns = [model.configure({ workers: 2 }), model.configure({ intraOpNumThreads: 2 }), model.configure({ workers: 3 })];
    await Promise.all(turns);
    expect(model.settings).toEqual({ workers: 3, intraOpNumThreads: 2 });
  });

  test('calls under way finish on the old sessions, those in line go to the new ones', async () => {
    using started = new StartedWorkers();
    await using model = await OnnxModel.load(DETECTOR);
    const calls = [1, 2, 3, 4].map(async (seed) => model.run({ x: picture(320, seed) }));
    await model.configure({ intraOpNumThreads: 2 });
    expect(started.workers).toHaveLength(2);
    expect(started.running).toEqual([started.workers[1]]);
    for (const result of await Promise.all(calls)) result.dispose();
  });

  test('on failure all is as before', async () => {
    using started = new StartedWorkers();
    using files = new ModelFiles();
    const path = files.write('copy', readFileSync(CLASSIFIER));
    await using model = await OnnxModel.load(path);
    rmSync(path);
    await expect(model.configure({ workers: 3 })).rejects.toThrow("File doesn't exist");
    await expect(model.configure({ workers: 2, intraOpNumThreads: 2 })).rejects.toThrow("File doesn't exist");
    await expect(model.configure({ workers: 0 })).rejects.toThrow('workers must be an integer from 1 to 256, not 0');
    expect(model.settings).toEqual({ workers: 1, intraOpNumThreads: 1 });
    expect(started.running).toEqual([started.workers[0]]);
    (await model.run({ x: lines(1) })).dispose();
  });

  test('closed meanwhile: it is told, and no thread is left', async () => {
    using started = new StartedWorkers();
    const model = await OnnxModel.load(CLASSIFIER);
    const turns = Promise.allSettled([model.configure({ workers: 3 }), model.configure({ workers: 2 })]);
    await Promise.resolve();
    await model.close();
    for (const outcome of await turns) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { message: 'model "ch_ppocr_mobile_v2.0_cls_infer.onnx" is closed' } });
    }
    expect(started.running).toHaveLength(0);
  });
});
