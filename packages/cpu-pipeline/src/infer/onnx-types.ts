import type { ElementType, ViewOf } from '@otel-perf/memory-pool';

interface OnnxType {
  readonly element: ElementType;
  readonly View: ViewConstructor;
}

export interface ViewConstructor {
  readonly name: string;
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer | SharedArrayBuffer, offset: number, length: number): ViewOf<ElementType>;
}

/** Element types by the names of onnxruntime, and what their elements are here: truth values a byte each, half floats their 16 bits. */
const ONNX_TYPES: Readonly<Record<string, OnnxType>> = {
  float32: { element: 'float32', View: Float32Array },
  float64: { element: 'float64', View: Float64Array },
  float16: { element: 'uint16', View: Uint16Array },
  bool: { element: 'uint8', View: Uint8Array },
  uint8: { element: 'uint8', View: Uint8Array },
  int8: { element: 'int8', View: Int8Array },
  uint16: { element: 'uint16', View: Uint16Array },
  int16: { element: 'int16', View: Int16Array },
  uint32: { element: 'uint32', View: Uint32Array },
  int32: { element: 'int32', View: Int32Array },
  uint64: { element: 'uint64', View: BigUint64Array },
  int64: { element: 'int64', View: BigInt64Array },
};

/** `undefined` for types whose elements are no numbers of whole bytes: strings, sequences, 4 bit integers. */
export function onnxType(name: string): OnnxType | undefined {
  return Object.hasOwn(ONNX_TYPES, name) ? ONNX_TYPES[name] : undefined;
}

/** How many elements a tensor of these dimensions has. */
export function elementsOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}
