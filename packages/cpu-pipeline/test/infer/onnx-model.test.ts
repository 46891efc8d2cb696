import { setImmediate as immediately } from 'node:timers/promises';
import { SharedAllocator } from '@otel-perf/memory-pool';
import { describe, expect, test } from '@jest/globals';
import { OnnxModel } from '../../src/infer/onnx-model.ts';
import { runDirectly } from './direct.ts';
import { CLASSES, CLASSIFIER, DETECTOR, inSharedMemory, lines, picture } from './models.ts';
import { StartedWorkers } from './workers.ts';

const MEBIBYTE = 2 ** 20;

async function classesOf(model: OnnxModel, x: ReturnType<typeof lines>): Promise<number[]> {
  using result = await model.run({ x });
  return [...(result.tensors[CLASSES]!.data as Float32Array)];
}

describe('a model', () => {
  test('tells its inputs and outputs', async () => {
    await using model = await OnnxModel.load(CLASSIFIER);
    expect(model.name).toBe('ch_ppocr_mobile_v2.0_cls_infer.onnx');
    expect(model.inputs).toEqual([{ name: 'x', type: 'float32', dims: [expect.any(String), 3, expect.any(String), expect.any(String)] }]);
    expect(model.outputs).toEqual([{ name: CLASSES, type: 'float32', dims: [expect.any(String), 2] }]);
    expect(model.settings).toEqual({ workers: 1, intraOpNumThreads: 1 });
  });

  test('gives what a session gives that is run directly', async () => {
    const inputs = [lines(1, 1), lines(1, 2), lines(5, 3), lines(1, 4), lines(5, 5)];
    await using model = await OnnxModel.load(CLASSIFIER);
    const results: number[][] = [];
    for (const x of inputs) results.push(await classesOf(model, x));
    expect(results).toEqual(await runDirectly(CLASSIFIER, inputs));
    expect(new Set(results.map(String)).size).toBe(inputs.length);
  });

  test('gives the same for shared memory, which it does not copy', async () => {
    const allocator = SharedAllocator.create({ size: 4 * MEBIBYTE });
    await using model = await OnnxModel.load(CLASSIFIER, { memory: allocator });
    const own = lines(2);
    const [copied, shared] = [await classesOf(model, own), await classesOf(model, inSharedMemory(own))];
    expect(shared).toEqual(copied);
    const before = allocator.stats().blocks.allocated;
    await classesOf(model, inSharedMemory(own));
    // The block of the output.
    expect(allocator.stats().blocks.allocated - before).toBe(1);
    await classesOf(model, own);
    expect(allocator.stats().blocks.allocated - before).toBe(3);
    expect(allocator.stats().blocks.current).toBe(0);
  });

  test('has results in shared memory, of the dimensions that the model gives', async () => {
    await using model = await OnnxModel.load(DETECTOR);
    for (const side of [64, 96, 64]) {
      using result = await model.run({ x: picture(side) });
      const [tensor] = Object.values(result.tensors);
      expect(tensor!.dims).toEqual([1, 1, side, side]);
      expect(tensor!.data).toHaveLength(side * side);
      expect(Object.prototype.toString.call(tensor!.data.buffer)).toBe('[object SharedArrayBuffer]');
    }
  });

  test('two workers give each call its own result, whatever the order', async () => {
    await using model = await OnnxModel.load(CLASSIFIER, { workers: 2 });
    const inputs = Array.from({ length: 60 }, (_, at) => lines(1 + (at % 3), at));
    const results = await Promise.all(inputs.map(async (x) => classesOf(model, x)));
    expect(results).toEqual(await runDirectly(CLASSIFIER, inputs));
  });

  test('calls run at once in as many threads as there are workers, and the next of each is there already', async () => {
    using started = new StartedWorkers();
    const allocator = SharedAllocator.create({ size: 64 * MEBIBYTE });
    await using model = await OnnxModel.load(DETECTOR, { workers: 2, memory: allocator });
    expect(started.running).toHaveLength(2);
    const calls = [1, 2, 3, 4, 5].map(async (seed) => model.run({ x: picture(640, seed) }));
    // Inputs are copied when a thread takes the call.
    await immediately();
    expect(allocator.stats().blocks.current).toBe(4);
    for (const call of calls) (await call).dispose();
    expect(allocator.stats().blocks.current).toBe(0);
  });

  test('two models share memory', async () => {
    const allocator = SharedAllocator.create({ size: 8 * MEBIBYTE, maxThreads: 1 });
    await using classifier = await OnnxModel.load(CLASSIFIER, { memory: allocator });
    await using detector = await OnnxModel.load(DETECTOR, { memory: allocator });
    using found = await detector.run({ x: picture(64) });
    using classes = await classifier.run({ x: lines(1) });
    expect(allocator.stats().blocks.current).toBe(2);
    expect(Object.values(found.tensors)[0]!.data.buffer).toBe(allocator.handle.memory);
    expect(classes.tensors[CLASSES]!.data.buffer).toBe(allocator.handle.memory);
    await classifier.close();
    classes.dispose();
    found.dispose();
    expect(allocator.stats().blocks.current).toBe(0);
  });

  test('leaks nothing over 2,000 calls, some of which fail', async () => {
    const allocator = SharedAllocator.create({ size: 16 * MEBIBYTE });
    await using model = await OnnxModel.load(CLASSIFIER, { workers: 2, memory: allocator });
    const small = { type: 'float32', dims: [1, 3, 48, 16], data: new Float32Array(3 * 48 * 16) } as const;
    const wrong = { type: 'float32', dims: [1, 1, 48, 48], data: new Float32Array(3 * 48 * 16) } as const;
    let failed = 0;
    for (let done = 0; done < 2000; done += 20) {
      const calls = Array.from({ length: 20 }, async (_, at) => {
        const signal = at === 7 ? AbortSignal.timeout(1) : undefined;
        try {
          using result = await model.run({ x: at === 3 ? wrong : small }, { signal });
          expect(result.tensors[CLASSES]!.dims).toEqual([1, 2]);
        } catch {
          failed++;
        }
      });
      await Promise.all(calls);
    }
    await model.close();
    expect(failed).toBeGreaterThanOrEqual(100);
    expect(failed).toBeLessThanOrEqual(200);
    expect(allocator.stats().blocks.allocated).toBeGreaterThan(3600);
    expect(allocator.stats().blocks.current).toBe(0);
  });

  test('a result gives its memory back once, and is of no use after that', async () => {
    const allocator = SharedAllocator.create({ size: 4 * MEBIBYTE });
    await using model = await OnnxModel.load(CLASSIFIER, { memory: allocator });
    const result = await model.run({ x: lines(1) });
    const other = allocator.malloc(8);
    result.dispose();
    const again = allocator.malloc(8);
    result[Symbol.dispose]();
    expect(allocator.stats().blocks.current).toBe(2);
    expect(() => result.tensors).toThrow('disposed of');
    allocator.free(other);
    allocator.free(again);
  });
});
