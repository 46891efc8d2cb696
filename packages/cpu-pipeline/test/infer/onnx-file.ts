import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Element types of the format (onnx.proto, TensorProto.DataType). */
export const DATA_TYPES = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
} as const;
export type DataType = keyof typeof DATA_TYPES;

export interface Value {
  readonly name: string;
  readonly type: DataType;
  /** A text is a dimension that each call may choose. */
  readonly dims: readonly (number | string)[];
}

export interface Node {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Of integers alone. */
  readonly attributes?: Readonly<Record<string, number>>;
}

/** Bytes of a model file with these nodes: the messages of onnx.proto, in the encoding of Protocol Buffers. */
export function onnxFile(inputs: readonly Value[], nodes: readonly Node[], outputs: readonly Value[]): Uint8Array {
  const graph = [
    ...nodes.map((node) => field(1, nodeOf(node))),
    field(2, text('graph')),
    ...inputs.map((value) => field(11, valueOf(value))),
    ...outputs.map((value) => field(12, valueOf(value))),
  ];
  const operators = [...field(1, text('')), ...number(2, 13)];
  return Uint8Array.from([...number(1, 8), ...field(7, graph.flat()), ...field(8, operators)]);
}

/** Writes model files into a directory of their own. */
export class ModelFiles implements Disposable {
  readonly #directory = mkdtempSync(join(tmpdir(), 'onnx-'));

  write(name: string, bytes: Uint8Array): string {
    const path = join(this.#directory, `${name}.onnx`);
    writeFileSync(path, bytes);
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.#directory, { recursive: true });
  }
}

function nodeOf({ operator, inputs, outputs, attributes = {} }: Node): number[] {
  return [
    ...inputs.flatMap((name) => field(1, text(name))),
    ...outputs.flatMap((name) => field(2, text(name))),
    ...field(4, text(operator)),
    // Type 2 is that of an integer.
    ...Object.entries(attributes).flatMap(([name, value]) => field(5, [...field(1, text(name)), ...number(3, value), ...number(20, 2)])),
  ];
}

function valueOf({ name, type, dims }: Value): number[] {
  const shape = dims.flatMap((dim) => field(1, typeof dim === 'number' ? number(1, dim) : field(2, text(dim))));
  return [...field(1, text(name)), ...field(2, field(1, [...number(1, DATA_TYPES[type]), ...field(2, shape)]))];
}

function field(id: number, bytes: readonly number[]): number[] {
  return [...varint(id * 8 + 2), ...varint(bytes.length), ...bytes];
}

function number(id: number, value: number): number[] {
  return [...varint(id * 8), ...varint(value)];
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

function text(value: string): number[] {
  return [...new TextEncoder().encode(value)];
}
