import { inspect } from 'node:util';
import { untilAborted } from './aborted.ts';
import { OnnxModel } from './onnx-model.ts';
import type { OnnxOptions } from './onnx-options.ts';

export interface InferOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface RunModel<In, Out> {
  run(input: In, options?: InferOptions): Out | PromiseLike<Out>;
}

/** The shape of Hugging Face's models that make text. */
export interface GenerateModel<In, Out> {
  generate(input: In, options?: InferOptions): Out | PromiseLike<Out>;
}

/** What can be inferred with. A path or `file:` URL is that of an `.onnx` file; its input is tensors by name, its output an `OnnxResult`. */
export type Model<In, Out> = RunModel<In, Out> | GenerateModel<In, Out> | string | URL;

/** Any model as one call. */
export interface ResolvedModel<In, Out> extends AsyncDisposable {
  /** The model that was loaded, where a path was given. */
  readonly onnx: OnnxModel | undefined;
  /**
   * What the model gives. Its errors are thrown as they are. Rejects with the signal's reason as soon as that is aborted, whether the model
   * heeds it or not; aborted before, the model is not called. A late result is disposed of if it can be.
   */
  infer(input: In, options?: InferOptions): Promise<Out>;
  /** Closes a model that was loaded from a path; others belong to who made them. */
  close(): Promise<void>;
}

const EXPECTED = 'model must be something with run() or generate(), or the path of an .onnx file';

/**
 * One call for any model.
 * @param options For `OnnxModel.load`, where `model` is a path.
 * @throws TypeError for what is no model; what `OnnxModel.load` throws.
 */
export async function resolveModel<In, Out>(model: Model<In, Out>, options?: OnnxOptions): Promise<ResolvedModel<In, Out>> {
  if (typeof model === 'string' || model instanceof URL) {
    if (!String(model).endsWith('.onnx')) throw new TypeError(`${EXPECTED}, not ${JSON.stringify(String(model))}`);
    const onnx = await OnnxModel.load(model, options);
    return resolved((input: In, given) => (onnx as unknown as RunModel<In, Out>).run(input, given), onnx);
  }
  if (has<RunModel<In, Out>>(model, 'run')) return resolved((input: In, given) => model.run(input, given));
  if (has<GenerateModel<In, Out>>(model, 'generate')) return resolved((input: In, given) => model.generate(input, given));
  throw new TypeError(`${EXPECTED}, not ${inspect(model, { depth: 0 })}`);
}

type Call<In, Out> = (input: In, options?: InferOptions) => Out | PromiseLike<Out>;

function resolved<In, Out>(call: Call<In, Out>, onnx?: OnnxModel): ResolvedModel<In, Out> {
  const close = async (): Promise<void> => onnx?.close();
  const infer = async (input: In, options?: InferOptions): Promise<Out> => {
    options?.signal?.throwIfAborted();
    return untilAborted(
      // Async, so that what the model throws at once is a rejection too.
      (async () => call(input, options))(),
      options?.signal,
      disposeOf,
    );
  };
  return { onnx, infer, close, [Symbol.asyncDispose]: close };
}

function has<T extends object>(model: unknown, method: keyof T): model is T {
  return typeof (model as Partial<T> | null | undefined)?.[method] === 'function';
}

function disposeOf(late: unknown): void {
  if (has<Disposable>(late, Symbol.dispose)) late[Symbol.dispose]();
}
