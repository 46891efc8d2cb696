import { inspect } from 'node:util';
import type { Tensor } from '../model/tensor.ts';
import { elementsOf, onnxType } from './onnx-types.ts';
import type { Signature, ValueInfo } from './protocol.ts';

export interface CheckedFeed {
  readonly name: string;
  readonly tensor: Tensor;
}

/**
 * A tensor for each input, in the order of the model. Whether its dimensions suit the model is left to onnxruntime.
 * @throws TypeError or RangeError that names the input, what is expected and what was given.
 */
export function checkFeeds(model: string, { inputs }: Signature, feeds: Readonly<Record<string, Tensor>>): CheckedFeed[] {
  const named = `model ${JSON.stringify(model)}`;
  if (typeof feeds !== 'object' || feeds === null) {
    throw new TypeError(`${named} takes tensors by the names of its inputs (${namesOf(inputs)}), not ${inspect(feeds)}`);
  }
  const unknown = Object.keys(feeds).find((name) => inputs.every((input) => input.name !== name));
  if (unknown !== undefined) throw new TypeError(`${named} has no input ${JSON.stringify(unknown)}: its inputs are ${namesOf(inputs)}`);
  return inputs.map((input) => {
    const tensor = feeds[input.name];
    checkFeed(`input ${JSON.stringify(input.name)} of ${named}`, input, tensor);
    return { name: input.name, tensor };
  });
}

/** The names of the outputs that are wanted, all by default. @throws TypeError or RangeError that names the output. */
export function checkOutputs(model: string, { outputs }: Signature, wanted?: readonly string[]): readonly string[] {
  const names = outputs.map(({ name }) => name);
  const known = `model ${JSON.stringify(model)} has the outputs ${names.join(', ')}`;
  if (wanted !== undefined && !Array.isArray(wanted))
    throw new TypeError(`outputs must be an array of names: ${known}, not ${inspect(wanted)}`);
  if (wanted?.length === 0) throw new RangeError(`outputs must not be empty: ${known}`);
  return [...new Set(wanted ?? names)].map((name) => {
    const output = outputs.find((output) => output.name === name);
    if (output === undefined) throw new RangeError(`${known}, none named ${inspect(name)}`);
    const subject = `output ${JSON.stringify(name)} of model ${JSON.stringify(model)}`;
    if (onnxType(output.type) === undefined) throw new TypeError(`${subject} is of type ${output.type}, which is no tensor of numbers`);
    return name;
  });
}

function checkFeed(subject: string, { type, dims }: ValueInfo, tensor: Tensor | undefined): asserts tensor is Tensor {
  const expected = `a ${type} tensor [${dims.map((dim) => (typeof dim === 'number' ? dim : '?')).join(', ')}]`;
  if (tensor === undefined) throw new TypeError(`${subject} is missing: it takes ${expected}`);
  const onnx = onnxType(type);
  if (onnx === undefined) throw new TypeError(`${subject} takes values of type ${type}, which is no tensor of numbers`);
  if (typeof tensor !== 'object' || tensor === null) throw new TypeError(`${subject} takes ${expected}, not ${inspect(tensor)}`);
  if (tensor.type !== onnx.element) {
    const as = onnx.element === type ? '' : `, given as ${onnx.element}`;
    throw new TypeError(`${subject} takes ${expected}${as}, not ${inspect(tensor.type)}`);
  }
  // By its tag, which is that of any realm.
  const kind = ArrayBuffer.isView(tensor.data) ? (tensor.data as Uint8Array)[Symbol.toStringTag] : inspect(tensor.data, { depth: 0 });
  if (kind !== onnx.View.name) throw new TypeError(`${subject} takes ${expected}: its data must be a ${onnx.View.name}, not ${kind}`);
  checkDims(`${subject} takes ${expected}`, tensor);
}

function checkDims(expected: string, { dims, data }: Tensor): void {
  if (!Array.isArray(dims) || dims.some((dim) => !Number.isInteger(dim) || dim < 0)) {
    throw new TypeError(`${expected}: its dims must be an array of integers of at least 0, not ${inspect(dims)}`);
  }
  const elements = elementsOf(dims);
  if (elements !== data.length)
    throw new RangeError(`${expected}: dims [${dims.join(', ')}] are ${elements} elements, data has ${data.length}`);
}

function namesOf(values: readonly ValueInfo[]): string {
  return values.map(({ name }) => name).join(', ');
}
