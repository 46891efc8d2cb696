import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { OnnxModel } from '../../src/infer/onnx-model.ts';
import { CLASSIFIER } from './models.ts';
import { StartedWorkers } from './workers.ts';

const LIVENESS_MILLIS = 30_000;

async function runProcess(
  how: string,
  variables: NodeJS.ProcessEnv = {},
): Promise<{ code: number | null; output: string; errors: string }> {
  const script = fileURLToPath(new URL('./fixtures/process.ts', import.meta.url));
  const env = { ...process.env, ...variables };
  const child = spawn(process.execPath, ['--conditions=@otel-perf/source', '--no-warnings', script, how], {
    env,
    timeout: LIVENESS_MILLIS,
  });
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

  test('does not wait for the next call of a thread, which never begins', async () => {
    expect(await runProcess('by exit with a next call')).toEqual({ code: 7, output: 'not begun', errors: '' });
  }, 60_000);

  test('ends by an uncaught error while a call runs, and is not aborted', async () => {
    const { code, errors } = await runProcess('by error');
    expect(code).toBe(1);
    expect(errors).toContain('nobody catches this');
    expect(errors).not.toContain('Napi');
  }, 60_000);

  test('tells the maker of onnxruntime nothing', async () => {
    const home = await mkdtemp(join(tmpdir(), 'otel-perf-home-'));
    // In builds, which it knows by such variables, onnxruntime keeps quiet by itself.
    const ofBuilds = Object.keys(process.env).filter((name) => /^(CI|TF_BUILD|GITHUB_|BUILD_|JENKINS)/.test(name));
    const without = Object.fromEntries([...ofBuilds, 'ORT_DISABLE_TELEMETRY'].map((name) => [name, undefined]));
    await runProcess('by itself', { ...without, HOME: home });
    // An id of the machine, and what is to be sent.
    expect((await readdir(home, { recursive: true })).filter((name) => name.includes('onnxruntime'))).toEqual([]);
    await rm(home, { recursive: true });
  }, 60_000);

  test('leaves it to a variable that is set what its maker is told', async () => {
    const before = process.env['ORT_DISABLE_TELEMETRY'];
    process.env['ORT_DISABLE_TELEMETRY'] = '';
    await (await OnnxModel.load(CLASSIFIER)).close();
    expect(process.env['ORT_DISABLE_TELEMETRY']).toBe('');
    if (before === undefined) delete process.env['ORT_DISABLE_TELEMETRY'];
    else process.env['ORT_DISABLE_TELEMETRY'] = before;
  });

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
