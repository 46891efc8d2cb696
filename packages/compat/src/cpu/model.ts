import { inspect } from 'node:util';
import { OnnxModel, OnnxResult, resolveModel, type Tensor } from '@otel-perf/cpu-pipeline';
import type { BatchInputs } from './inputs.ts';

export type Tensors = Readonly<Record<string, Tensor>>;

/** Options of a request that are the model's, by name. */
export type Generation = Readonly<Record<string, unknown>>;

/**
 * What infers: something with `run(inputs, { …generation, signal })` or `generate({ …inputs, …generation }, { signal })`, or an ONNX model,
 * by its path or loaded by the caller.
 */
export type PipelineModel<Out> =
  | { run(inputs: BatchInputs, options: Generation): Out | PromiseLike<Out> }
  | { generate(inputs: BatchInputs & Generation, options: { readonly signal: AbortSignal }): Out | PromiseLike<Out> }
  | OnnxModel
  | string
  | URL;

/** What a caller gets of what a model made: see `own_memory`. */
export type Output<Out> = Out extends OnnxResult ? Tensors : Out;

/** Any model that is no ONNX model, as one call. */
export type Call<Out> = (inputs: BatchInputs, generation: Generation, signal: AbortSignal) => Promise<Out>;

const EXPECTED = 'model must be something with run() or generate(), or the path of an .onnx file';

/** @throws TypeError for what is no model. Whether there is a file is seen when it is loaded. */
export function check_model<Out>(model: PipelineModel<Out>): PipelineModel<Out> {
  const { run, generate } = Object(model) as { run?: unknown; generate?: unknown };
  if (typeof run === 'function' || typeof generate === 'function') return model;
  if ((typeof model === 'string' || model instanceof URL) && String(model).endsWith('.onnx')) return model;
  throw new TypeError(`${EXPECTED}, not ${inspect(model, { depth: 0 })}`);
}

export function call_of<Out>(model: Exclude<PipelineModel<Out>, OnnxModel | string | URL>): Call<Out> {
  return async (inputs, generation, signal) =>
    'run' in model && typeof model.run === 'function'
      ? model.run(inputs, { ...generation, signal })
      : (model as Extract<typeof model, { generate: unknown }>).generate({ ...inputs, ...generation }, { signal });
}

/** Those of `tensors` that `onnx` has inputs for, by name; a model with one input of another name gets the images, or else the token ids. */
export function feeds_for({ inputs }: OnnxModel, tensors: Tensors): Tensors {
  const [only] = inputs;
  const main = tensors['pixel_values'] ?? tensors['input_ids'];
  if (only !== undefined && inputs.length === 1 && tensors[only.name] === undefined && main !== undefined) return { [only.name]: main };
  return Object.fromEntries(Object.entries(tensors).filter(([name]) => inputs.some((input) => input.name === name)));
}

/**
 * Runs `onnx` for `rows` at a time, as many calls at once as it has workers, and joins the outputs in memory of their own. All at once where
 * the tensors differ in their number of rows.
 * @throws TypeError for an output without a row for each that was given, where there are several calls; what the model throws.
 */
export async function run_in_slices(onnx: OnnxModel, feeds: Tensors, rows: number, signal: AbortSignal): Promise<Tensors> {
  const counts = new Set(Object.values(feeds).map(({ dims }) => dims[0]));
  const all = counts.size === 1 ? [...counts][0]! : 0;
  const slices = all <= rows ? [feeds] : Array.from({ length: Math.ceil(all / rows) }, (_, i) => slice_of(feeds, i * rows, rows, all));
  const outcomes = await Promise.allSettled(slices.map((slice) => onnx.run(slice, { signal })));
  try {
    const parts = outcomes.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value.tensors;
    });
    return joined(parts, slices);
  } finally {
    for (const outcome of outcomes) if (outcome.status === 'fulfilled') outcome.value.dispose();
  }
}

/** The tensors of a result in memory of their own, and the result disposed of; anything else as it is. */
export function own_memory(made: unknown): unknown {
  if (!(made instanceof OnnxResult)) return made;
  try {
    return joined([made.tensors], []);
  } finally {
    made.dispose();
  }
}

export async function load(path: string | URL, workers: number): Promise<OnnxModel> {
  return (await resolveModel<Tensors, unknown>(path, { workers })).onnx!;
}

function slice_of(feeds: Tensors, from: number, rows: number, all: number): Tensors {
  const to = Math.min(all, from + rows);
  return Object.fromEntries(
    Object.entries(feeds).map(([name, { type, dims, data }]) => {
      const row = data.length / all;
      return [name, { type, dims: [to - from, ...dims.slice(1)], data: data.subarray(from * row, to * row) }];
    }),
  );
}

function joined(parts: readonly Tensors[], slices: readonly Tensors[]): Tensors {
  return Object.fromEntries(
    Object.entries(parts[0]!).map(([name, first]) => {
      const tensors = parts.map((part) => part[name]!);
      if (tensors.length === 1) return [name, { type: first.type, dims: first.dims, data: first.data.slice() }];
      tensors.forEach(({ dims }, i) => check_rows(name, dims, Object.values(slices[i]!)[0]!.dims[0]!));
      const rows = tensors.reduce((sum, { dims }) => sum + dims[0]!, 0);
      return [name, { type: first.type, dims: [rows, ...first.dims.slice(1)], data: concatenated(tensors) }];
    }),
  );
}

function check_rows(name: string, dims: readonly number[], rows: number): void {
  if (dims[0] !== rows)
    throw new TypeError(`output ${name} must have a row for each of the ${rows} given, not dimensions [${dims.join(', ')}]`);
}

function concatenated(tensors: readonly Tensor[]): Tensor['data'] {
  const length = tensors.reduce((sum, { data }) => sum + data.length, 0);
  const View = tensors[0]!.data.constructor as new (length: number) => Float64Array;
  const whole = new View(length);
  let at = 0;
  for (const { data } of tensors) {
    // Of one type, which the compiler does not know.
    whole.set(data as Float64Array, at);
    at += data.length;
  }
  return whole as Tensor['data'];
}
