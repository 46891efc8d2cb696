import { setImmediate as immediately } from 'node:timers/promises';
import type { Tensor } from '../../src/model/tensor.ts';
import { BEGUN, type EXITS, type HOLDS, type THROWS } from './mortal-widths.ts';

/** To be preloaded. */
export const MORTAL: URL = new URL('./fixtures/mortal.ts', import.meta.url);

/** As wide as it takes for the thread to die, in shared memory. */
export function deadly(width: typeof EXITS | typeof THROWS | typeof HOLDS): Tensor<'float32'> {
  const elements = 3 * 48 * width;
  const data = new Float32Array(new SharedArrayBuffer(elements * Float32Array.BYTES_PER_ELEMENT));
  return { type: 'float32', dims: [1, 3, 48, width], data };
}

/** Resolves when a thread is in the call that got `tensor`. */
export async function begun({ data }: Tensor<'float32'>): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- there is no other way to know
  while (data[0] !== BEGUN) await immediately();
}

/** Holds the event loop up until a thread is in the call that got `tensor`, and some time more. */
export function blockUntilBegun({ data }: Tensor<'float32'>, moreMillis: number): void {
  const never = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  while (data[0] !== BEGUN) Atomics.wait(never, 0, 0, 1);
  Atomics.wait(never, 0, 0, moreMillis);
}
