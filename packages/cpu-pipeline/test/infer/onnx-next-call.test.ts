import { SharedAllocator } from '@otel-perf/memory-pool';
import { describe, expect, jest, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as immediately } from 'node:timers/promises';
import { ModelClosedError, WorkerExitError } from '../../src/infer/errors.ts';
import { OnnxModel } from '../../src/infer/onnx-model.ts';
import type { OnnxResult } from '../../src/infer/onnx-result.ts';
import { begun, blockUntilBegun, deadly, MORTAL } from './deadly.ts';
import { CLASSIFIER, lines } from './models.ts';
import { EXITS, GO_ON, HOLDS, THROW, THROWS } from './mortal-widths.ts';
import { StartedWorkers } from './workers.ts';

jest.setTimeout(60_000);

/** What became of calls, whose results are disposed of. */
async function ends(calls: readonly Promise<OnnxResult>[]): Promise<string[]> {
  const outcomes = await Promise.allSettled(calls);
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') return (outcome.reason as Error).name;
    outcome.value.dispose();
    return 'fulfilled';
  });
}

describe('a call that a thread has while it is in another one', () => {
  test('never starts once it is aborted, and its memory is freed', async () => {
    using _started = new StartedWorkers(MORTAL);
    const allocator = SharedAllocator.create({ size: 2 ** 22 });
    await using model = await OnnxModel.load(CLASSIFIER, { memory: allocator });
    const [held, unwanted] = [deadly(HOLDS), deadly(HOLDS)];
    const controller = new AbortController();
    const first = model.run({ x: held });
    const second = model.run({ x: unwanted }, { signal: controller.signal });
    await begun(held);
    controller.abort('enough');
    await expect(second).rejects.toBe('enough');
    held.data[0] = GO_ON;
    expect(await ends([first, model.run({ x: lines(1) })])).toEqual(['fulfilled', 'fulfilled']);
    expect(unwanted.data[0]).toBe(0);
    expect(allocator.stats().blocks.current).toBe(0);
  });

  test.each([[EXITS], [THROWS]] as const)(
    'goes to another thread where it ends in that one (%i) while the model is closed',
    async (width) => {
      using started = new StartedWorkers(MORTAL);
      const allocator = SharedAllocator.create({ size: 2 ** 22 });
      const model = await OnnxModel.load(CLASSIFIER, { memory: allocator });
      const calls = [model.run({ x: deadly(width) }), model.run({ x: lines(1) })];
      const closed = model.close();
      expect(await ends(calls)).toEqual(['WorkerExitError', 'fulfilled']);
      await closed;
      expect(started.workers).toHaveLength(2);
      expect(started.running).toHaveLength(0);
      expect(allocator.stats().blocks.current).toBe(0);
    },
  );

  test('is refused where the thread ends after the time that closing may take', async () => {
    using started = new StartedWorkers(MORTAL);
    const allocator = SharedAllocator.create({ size: 2 ** 22 });
    const model = await OnnxModel.load(CLASSIFIER, { memory: allocator });
    const held = deadly(HOLDS);
    const calls = [held, lines(1), lines(2)].map((x) => model.run({ x }));
    await begun(held);
    const closed = model.close({ timeoutMillis: 0 });
    await expect(calls[2]).rejects.toThrow(ModelClosedError);
    held.data[0] = THROW;
    expect(await ends(calls)).toEqual(['WorkerExitError', 'ModelClosedError', 'ModelClosedError']);
    await closed;
    expect(started.running).toHaveLength(0);
    expect(allocator.stats().blocks.current).toBe(0);
  });

  test('goes to one of the new threads where it ends in that one after a change of settings', async () => {
    using started = new StartedWorkers(MORTAL);
    const allocator = SharedAllocator.create({ size: 2 ** 22 });
    await using model = await OnnxModel.load(CLASSIFIER, { memory: allocator });
    const held = deadly(HOLDS);
    const calls = [held, lines(1)].map((x) => model.run({ x }));
    await begun(held);
    const configured = model.configure({ intraOpNumThreads: 2 });
    while (model.settings.intraOpNumThreads === 1) await immediately();
    held.data[0] = THROW;
    expect(await ends(calls)).toEqual(['WorkerExitError', 'fulfilled']);
    await configured;
    expect(started.workers).toHaveLength(2);
    expect(started.running).toHaveLength(1);
    expect(allocator.stats().blocks.current).toBe(0);
  });

  test.each([[EXITS], [THROWS]] as const)('is not to blame, when it was done already, for how the next one ends (%i)', async (width) => {
    using _started = new StartedWorkers(MORTAL);
    const allocator = SharedAllocator.create({ size: 2 ** 22 });
    await using model = await OnnxModel.load(CLASSIFIER, { memory: allocator });
    const last = deadly(width);
    const calls = [model.run({ x: lines(1) }), model.run({ x: last })];
    await immediately();
    // Nothing that the thread says is heard before it has ended.
    blockUntilBegun(last, 200);
    expect(await ends(calls)).toEqual(['fulfilled', 'WorkerExitError']);
    expect(allocator.stats().blocks.current).toBe(0);
  });
});

test('threads that cannot start are not made for ever: the call is told', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'otel-perf-start-'));
  try {
    const file = join(folder, 'refused');
    using started = new StartedWorkers(new URL(`./fixtures/unstartable.ts?${encodeURIComponent(file)}`, import.meta.url));
    const allocator = SharedAllocator.create({ size: 2 ** 22 });
    await using model = await OnnxModel.load(CLASSIFIER, { memory: allocator });
    writeFileSync(file, '');
    await Promise.all(started.running.map(async (worker) => worker.terminate()));
    const call = model.run({ x: lines(1) });
    await expect(call).rejects.toThrow(WorkerExitError);
    await expect(call).rejects.toThrow('it threw Error: it cannot start');
    rmSync(file);
    expect(await ends([model.run({ x: lines(1) })])).toEqual(['fulfilled']);
    expect(allocator.stats().blocks.current).toBe(0);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
