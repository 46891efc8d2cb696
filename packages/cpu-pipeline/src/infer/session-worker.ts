import { workerData } from 'node:worker_threads';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { elementsOf, onnxType } from './onnx-types.ts';
import type { Feed, Output, PlacedTask, Room, RunTask, Signature, ValueInfo, WorkerStart } from './protocol.ts';
import { begin, clearBusy, finish, subtractBusy } from './thread-state.ts';

/** Runs in a worker thread: piscina calls the exported functions. `run()` of a session blocks the event loop of its thread, which is why. */

const PACKAGE = 'onnxruntime-node';

interface Opened {
  readonly session: InferenceSession;
  readonly runtime: typeof import('onnxruntime-node');
  readonly inputTypes: ReadonlyMap<string, string>;
}

const start = workerData as WorkerStart;

let opened: Promise<Opened> | undefined;
let turn: Promise<unknown> = Promise.resolve();

// A thread that dies in the middle of a call is busy no more.
process.once('exit', () => clearBusy(start.state));

/** Opens the session, unless it is open. */
export async function describe(): Promise<Signature> {
  return busy(async () => {
    const { session } = await open();
    return { inputs: session.inputMetadata.map(infoOf), outputs: session.outputMetadata.map(infoOf) };
  });
}

/** One call after the other, in the order in which they come. */
export async function run(task: PlacedTask): Promise<unknown> {
  const call = busy(async () => {
    await turn;
    // Nobody waits for it any more.
    if (!begin(start.state, task.place)) throw new Error('the call was cancelled');
    try {
      return await runTask(task);
    } finally {
      finish(start.state);
    }
  });
  turn = call.catch(() => {});
  return call;
}

/** Frees what the session holds of memory that is not JavaScript's. The thread is ended next. */
export async function release(): Promise<void> {
  return busy(async () => {
    if (opened === undefined) return;
    const { session } = await opened;
    await session.release();
  });
}

async function busy<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    subtractBusy(start.state);
  }
}

async function runTask({ feeds, outputs, rooms }: RunTask): Promise<unknown> {
  const { session, runtime, inputTypes } = await open();
  const tensors = feeds.map((feed): [string, Tensor] => [feed.name, tensorOf(runtime, inputTypes.get(feed.name)!, feed)]);
  const results = await session.run(Object.fromEntries(tensors), outputs);
  const replies = outputs.map((name, place) => deliver(results[name]!, rooms[place]));
  const transferred = replies.flatMap(({ data }) => data ?? []);
  // As piscina wants it: what is posted, and which of it is moved.
  return move({ [valueSymbol]: replies, [transferableSymbol]: transferred } as unknown as ArrayBuffer);
}

async function open(): Promise<Opened> {
  opened ??= create();
  try {
    return await opened;
  } catch (error) {
    // The next call tries again.
    opened = undefined;
    throw error;
  }
}

async function create(): Promise<Opened> {
  const { path, intraOpNumThreads, options } = start.spec;
  const runtime = await load();
  const session = await runtime.InferenceSession.create(path, { ...options, intraOpNumThreads });
  return { runtime, session, inputTypes: new Map(session.inputMetadata.map(infoOf).map(({ name, type }) => [name, type])) };
}

async function load(): Promise<typeof import('onnxruntime-node')> {
  // onnxruntime-common makes half floats of it where it is there, and the addon (1.30) takes those for empty. Without it they are 16 bit integers.
  Reflect.deleteProperty(globalThis, 'Float16Array');
  try {
    return await import('onnxruntime-node');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // In quotes: a package that it needs may be the one that is missing, and then it is named as who asked for that.
    const missing = code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${PACKAGE}'`);
    const reason = missing ? `is not installed. Run: npm install ${PACKAGE}` : `cannot be loaded: ${message.split('\n', 1)[0]!}`;
    throw new Error(`ONNX models need ${PACKAGE}, which ${reason}`, { cause: error });
  }
}

function infoOf(value: InferenceSession.ValueMetadata): ValueInfo {
  return value.isTensor ? { name: value.name, type: value.type, dims: value.shape } : { name: value.name, type: 'no tensor', dims: [] };
}

function tensorOf(runtime: Opened['runtime'], type: string, { dims, room }: Feed): Tensor {
  const { View } = onnxType(type)!;
  const data = new View(room.buffer, room.offset, elementsOf(dims));
  return new runtime.Tensor(type as 'float32', data as Float32Array, dims);
}

function deliver({ type, dims, data }: Tensor, room: Room | undefined): Output {
  const { buffer, byteOffset, byteLength: bytes } = data as Float32Array<ArrayBuffer>;
  const reply = { type, dims, bytes, data: undefined };
  if (bytes === 0) return reply;
  const source = new Uint8Array(buffer, byteOffset, bytes);
  if (room === undefined || room.bytes < bytes) return { ...reply, data: source.slice().buffer };
  new Uint8Array(room.buffer, room.offset, bytes).set(source);
  return reply;
}
