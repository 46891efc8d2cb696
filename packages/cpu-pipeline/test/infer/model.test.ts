import { describe, expect, jest, test } from '@jest/globals';
import { pathToFileURL } from 'node:url';
import type { OnnxResult } from '../../src/infer/onnx-result.ts';
import { resolveModel } from '../../src/infer/model.ts';
import type { Tensor } from '../../src/model/tensor.ts';
import { CLASSES, CLASSIFIER, lines } from './models.ts';
import { StartedWorkers } from './workers.ts';

type Feeds = Record<string, Tensor>;

describe('resolveModel', () => {
  test('something with run()', async () => {
    const model = { factor: 2, run: async (input: number) => input * 2 };
    const { infer, onnx } = await resolveModel<number, number>(model);
    expect(onnx).toBeUndefined();
    expect(await infer(21)).toBe(42);
  });

  test('something with generate(), which gets the options and is called as a method', async () => {
    class Generator {
      readonly #end = '!';
      generate(input: string, options?: object): string {
        return `${input}${this.#end}${Object.keys(options ?? {}).join()}`;
      }
    }
    const { infer } = await resolveModel<string, string>(new Generator());
    expect(await infer('hello', { signal: new AbortController().signal })).toBe('hello!signal');
  });

  test.each([
    ['path', CLASSIFIER],
    ['URL', pathToFileURL(CLASSIFIER)],
  ])('an .onnx file by its %s', async (_, file) => {
    using started = new StartedWorkers();
    const model = await resolveModel<Feeds, OnnxResult>(file, { workers: 2 });
    expect(model.onnx!.settings.workers).toBe(2);
    using result = await model.infer({ x: lines(1) });
    expect(result.tensors[CLASSES]!.dims).toEqual([1, 2]);
    expect(started.running).toHaveLength(2);
    await model.close();
    expect(started.running).toHaveLength(0);
  });

  test.each([[undefined], [null], [5], [{}], ['model.pt'], [{ run: 5 }]])('%p is no model', async (model) => {
    const wanted = 'model must be something with run() or generate(), or the path of an .onnx file, not ';
    await expect(resolveModel(model as never)).rejects.toThrow(TypeError);
    await expect(resolveModel(model as never)).rejects.toThrow(wanted);
  });

  test('errors come as they are, thrown at once or later', async () => {
    const reason = Object.assign(new Error('no such token'), { code: 17 });
    const late = await resolveModel({ run: async () => Promise.reject(reason) });
    await expect(late.infer(1)).rejects.toBe(reason);
    const sudden = await resolveModel({
      generate: () => {
        throw reason;
      },
    });
    await expect(sudden.infer(1)).rejects.toBe(reason);
  });

  test('aborted before, the model is not called', async () => {
    const run = jest.fn(async () => 1);
    const { infer } = await resolveModel({ run });
    await expect(infer(1, { signal: AbortSignal.abort('never') })).rejects.toBe('never');
    expect(run).not.toHaveBeenCalled();
  });

  test('aborted meanwhile, a model that does not heed it is not waited for, and its result is disposed of', async () => {
    const { promise, resolve } = Promise.withResolvers<Disposable>();
    const { infer } = await resolveModel<number, Disposable>({ run: async () => promise });
    const controller = new AbortController();
    const call = infer(1, { signal: controller.signal });
    controller.abort('enough');
    await expect(call).rejects.toBe('enough');
    const dispose = jest.fn();
    resolve({ [Symbol.dispose]: dispose });
    await new Promise(setImmediate);
    expect(dispose).toHaveBeenCalledTimes(1);
  });

  test('no listener stays on the signal', async () => {
    const { infer } = await resolveModel<number, number>({ run: async (input: number) => input });
    const { signal } = new AbortController();
    const add = jest.spyOn(signal, 'addEventListener');
    const remove = jest.spyOn(signal, 'removeEventListener');
    await infer(1, { signal });
    expect(add).toHaveBeenCalledTimes(1);
    expect(remove.mock.calls[0]!.slice(0, 2)).toEqual(add.mock.calls[0]!.slice(0, 2));
  });
});
