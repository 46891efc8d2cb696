import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { OnnxModel } from '../../src/infer/onnx-model.ts';
import { CLASSIFIER } from './models.ts';
import { StartedWorkers } from './workers.ts';

const LIVENESS_MILLIS = 30_000;

async function runProcess(how: string): Promise<{ code: number | null; output: string; errors: string }> {
  const script = fileURLToPath(new URL('./fixtures/process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=@otel-perf/source', '--no-warnings', script, how], { timeout: LIVENESS_MILLIS });
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, output, errors };
}

describe('the process', () => {
  test('ends by itself while models are open', async () => {
    expect(await runProcess('by itself')).toEqual({ code: 0, output: 'done', errors: '' });
  }, 60_000);

  test('ends by process.exit() while a call runs, and is not aborted', async () => {
    expect(await runProcess('by exit')).toEqual({ code: 7, output: '', errors: '' });
  }, 60_000);

  test('ends by an uncaught error while a call runs, and is not aborted', async () => {
    const { code, errors } = await runProcess('by error');
    expect(code).toBe(1);
    expect(errors).toContain('nobody catches this');
    expect(errors).not.toContain('Napi');
  }, 60_000);

  test('keeps no listener of a model that is closed', async () => {
    const before = process.listenerCount('exit');
    const models = await Promise.all([OnnxModel.load(CLASSIFIER), OnnxModel.load(CLASSIFIER, { workers: 2 })]);
    expect(process.listenerCount('exit')).toBe(before + 1);
    for (const model of models) await model.close();
    expect(process.listenerCount('exit')).toBe(before);
  });
});

test('where onnxruntime-node is missing, the error says what to install', async () => {
  using started = new StartedWorkers(new URL('./fixtures/without-onnxruntime.ts', import.meta.url));
  const load = OnnxModel.load(CLASSIFIER);
  await expect(load).rejects.toThrow('ONNX models need onnxruntime-node, which is not installed. Run: npm install onnxruntime-node');
  expect(started.workers).toHaveLength(1);
  expect(started.running).toHaveLength(0);
});
