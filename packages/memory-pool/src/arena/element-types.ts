/** Element types of views, by the names of numpy and ONNX. */
export const ELEMENT_TYPES = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
} as const;

export type ElementType = keyof typeof ELEMENT_TYPES;
export type ViewOf<T extends ElementType> = Views[T];

/** Over memory that may be shared. */
interface Views {
  uint8: Uint8Array;
  int8: Int8Array;
  uint16: Uint16Array;
  int16: Int16Array;
  uint32: Uint32Array;
  int32: Int32Array;
  float32: Float32Array;
  float64: Float64Array;
  int64: BigInt64Array;
  uint64: BigUint64Array;
}

interface ViewConstructor {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer | SharedArrayBuffer, offset: number, length: number): unknown;
}

/** As many whole elements of `type` as `bytes` hold. @throws TypeError for a type that is not there. */
export function viewAs<T extends ElementType>(type: T, buffer: ArrayBuffer | SharedArrayBuffer, offset: number, bytes: number): ViewOf<T> {
  if (!Object.hasOwn(ELEMENT_TYPES, type)) {
    throw new TypeError(`type must be one of ${Object.keys(ELEMENT_TYPES).join(', ')}, not ${String(type)}`);
  }
  const View: ViewConstructor = ELEMENT_TYPES[type];
  return new View(buffer, offset, Math.floor(bytes / View.BYTES_PER_ELEMENT)) as ViewOf<T>;
}
