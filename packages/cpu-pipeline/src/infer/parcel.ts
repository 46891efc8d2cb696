import { isSharedArrayBuffer } from 'node:util/types';
import type { Tensor } from '../model/tensor.ts';
import type { CheckedFeed } from './feeds.ts';
import { OnnxResult } from './onnx-result.ts';
import { elementsOf, onnxType } from './onnx-types.ts';
import type { OutputSizes } from './output-sizes.ts';
import type { Output, Room, RunTask } from './protocol.ts';
import type { Block, TensorMemory } from './tensor-memory.ts';

/** What goes to a worker thread for one call, and comes back: the one place that owns the shared memory of a call under way. */
export class Parcel {
  readonly task: RunTask;
  readonly #memory: TensorMemory;
  readonly #sizes: OutputSizes;
  readonly #key: string;
  readonly #rooms: readonly (Block | undefined)[];
  readonly #held = new Set<Block>();

  /** Inputs that do not lie in shared memory are copied there. @throws OutOfMemoryError; nothing is held then. */
  constructor(memory: TensorMemory, sizes: OutputSizes, feeds: readonly CheckedFeed[], outputs: readonly string[]) {
    this.#memory = memory;
    this.#sizes = sizes;
    this.#key = sizes.keyOf(feeds, outputs);
    const expected = sizes.get(this.#key);
    try {
      const shared = feeds.map(({ name, tensor }) => ({ name, dims: [...tensor.dims], room: this.#share(tensor) }));
      this.#rooms = outputs.map((_, place) => (expected?.[place] ? this.#allocate(expected[place]) : undefined));
      const rooms = this.#rooms.map((room) => room && { buffer: room.buffer, offset: room.offset, bytes: room.bytes });
      this.task = { feeds: shared, outputs, rooms };
    } catch (error) {
      this.free();
      throw error;
    }
  }

  /** The outputs that came back, which are the result's from now on. @throws OutOfMemoryError */
  open(outputs: readonly Output[]): OnnxResult {
    const blocks = outputs.map((output, place) => this.#blockOf(output, this.#rooms[place]));
    const tensors = outputs.map((output, place) => [this.task.outputs[place], tensorOf(output, blocks[place])] as const);
    this.#sizes.learn(
      this.#key,
      outputs.map(({ bytes }) => bytes),
    );
    const kept = blocks.filter((block) => block !== undefined);
    for (const block of kept) this.#held.delete(block);
    return new OnnxResult(Object.fromEntries(tensors), () => {
      for (const block of kept) this.#memory.free(block);
    });
  }

  /** Gives back what the call held. The worker thread must be done with it, or have ended. */
  free(): void {
    for (const block of this.#held) this.#memory.free(block);
    this.#held.clear();
  }

  #share({ data }: Tensor): Room {
    const { buffer, byteOffset: offset, byteLength: bytes } = data;
    if (isSharedArrayBuffer(buffer)) return { buffer, offset, bytes };
    if (bytes === 0) return { buffer: new SharedArrayBuffer(0), offset: 0, bytes };
    const block = this.#allocate(bytes);
    bytesOf(block).set(new Uint8Array(buffer, offset, bytes));
    return { buffer: block.buffer, offset: block.offset, bytes };
  }

  #blockOf({ bytes, data }: Output, room: Block | undefined): Block | undefined {
    if (data === undefined) return bytes === 0 ? undefined : room;
    const block = this.#allocate(bytes);
    bytesOf(block).set(new Uint8Array(data));
    return block;
  }

  #allocate(bytes: number): Block {
    const block = this.#memory.allocate(bytes);
    this.#held.add(block);
    return block;
  }
}

function bytesOf({ buffer, offset, bytes }: Room): Uint8Array {
  return new Uint8Array(buffer, offset, bytes);
}

function tensorOf({ type, dims }: Output, block: Block | undefined): Tensor {
  const { element, View } = onnxType(type)!;
  const { buffer, offset } = block ?? { buffer: new SharedArrayBuffer(0), offset: 0 };
  return { type: element, dims, data: new View(buffer, offset, elementsOf(dims)) };
}
