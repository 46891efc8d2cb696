/** All that a worker thread must know to make its session. */
export interface SessionSpec {
  /** Absolute. */
  readonly path: string;
  readonly intraOpNumThreads: number;
  /** Further options of `InferenceSession.create`. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** What a worker thread starts with. */
export interface WorkerStart {
  readonly spec: SessionSpec;
  /** See `ThreadState`. */
  readonly state: Int32Array;
}

/** An input or output of a model, as onnxruntime tells it. */
export interface ValueInfo {
  readonly name: string;
  /** Of the elements, as onnxruntime names it: `float32`, `int64`, `bool`, …; what is no tensor of numbers is refused when it is used. */
  readonly type: string;
  /** A text stands for a dimension that each call may choose. */
  readonly dims: readonly (number | string)[];
}

export interface Signature {
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

/** A piece of shared memory, in bytes. */
export interface Room {
  readonly buffer: SharedArrayBuffer;
  readonly offset: number;
  readonly bytes: number;
}

export interface Feed {
  readonly name: string;
  readonly dims: readonly number[];
  readonly room: Room;
}

/** One call, to a worker thread. Feeds and rooms are its own until it answers or ends. */
export interface RunTask {
  readonly feeds: readonly Feed[];
  readonly outputs: readonly string[];
  /** Where each output goes if it fits. */
  readonly rooms: readonly (Room | undefined)[];
}

/** A call with its place among those of its thread. */
export interface PlacedTask extends RunTask {
  readonly place: number;
}

/** An output, from a worker thread. */
export interface Output {
  /** As onnxruntime names it. */
  readonly type: string;
  readonly dims: readonly number[];
  readonly bytes: number;
  /** What did not fit in its room; transferred. */
  readonly data: ArrayBuffer | undefined;
}
