import type { GenerateModel, InferOptions, RunModel } from '../infer/model.ts';
import type { OnnxModel } from '../infer/onnx-model.ts';
import type { ItemContext, Resource } from '../pipeline/context.ts';
import type { Tensors } from './stack.ts';

/** Calls an ONNX model for one item, whose tensors stay until the worker has read them. */
export function inferAlone(model: OnnxModel): (given: Tensors, context: ItemContext) => Promise<Tensors> {
  return async (given, context) => context.own(await model.run(given)).tensors;
}

/**
 * Calls a model that is not of a file. A call is over when the model says so, also one that is aborted: until then the model may read what
 * it was given, and must not get more calls than it is to have at a time.
 * @param delivers Whether what it gives is the item's result: then whoever gets that disposes of it, if it can be disposed of.
 */
export function inferByCall<Given, Made>(
  model: RunModel<Given, Made> | GenerateModel<Given, Made>,
  delivers: boolean,
): (given: Given, context: ItemContext) => Promise<Made> {
  const call = callOf(model);
  return async (given, context) => {
    const made = await call(given, { signal: context.signal });
    if (!isResource(made)) return made;
    return delivers ? context.deliver(made) : context.own(made);
  };
}

type Call<Given, Made> = (given: Given, options: InferOptions) => Made | PromiseLike<Made>;

function callOf<Given, Made>(model: RunModel<Given, Made> | GenerateModel<Given, Made>): Call<Given, Made> {
  if ('run' in model && typeof model.run === 'function') return (given, options) => model.run(given, options);
  return (given, options) => (model as GenerateModel<Given, Made>).generate(given, options);
}

function isResource(made: unknown): made is Resource {
  const { [Symbol.dispose]: dispose, [Symbol.asyncDispose]: disposeLater } = (made ?? {}) as Partial<Disposable & AsyncDisposable>;
  return typeof dispose === 'function' || typeof disposeLater === 'function';
}
