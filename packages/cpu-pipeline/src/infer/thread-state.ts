/** How long the end of the process waits for calls that run. */
const PATIENCE_MILLIS = 10_000;

/**
 * Calls that a thread has at a time: one runs, and the next one is there already when it is done, so that the thread need not wait for the
 * one that calls.
 */
export const CALLS_PER_THREAD = 2;

/** Words. The last ones have the places of cancelled calls. */
const CALLS = 0;
const RUNNING = 1;
const STOPPED = 2;
const CANCELLED = 3;

/** Calls have places from 1, then they begin anew. */
const LAST_PLACE = 2 ** 31 - 1;
const NO_PLACE = 0;

/**
 * What a worker thread and the one that calls it tell each other at once, in shared memory: how many calls it has, which it is in, and which
 * are not wanted any more.
 *
 * A thread must not be terminated while it is inside of onnxruntime: the addon then cannot throw what it comes back with, and aborts the
 * process (onnxruntime-node 1.30). Node terminates every thread when the process ends, by `process.exit()` or an uncaught error. So the end
 * of the process waits for those that are busy, which begin nothing new.
 */
export class ThreadState {
  readonly words: Int32Array = new Int32Array(new SharedArrayBuffer((CANCELLED + CALLS_PER_THREAD) * Int32Array.BYTES_PER_ELEMENT));

  constructor() {
    if (states.size === 0) process.on('exit', waitForAll);
    states.add(this);
  }

  /** A call of any kind is sent. */
  add(): void {
    Atomics.add(this.words, CALLS, 1);
  }

  /** The place of the call that it is in, or that it ended in; `undefined` between calls. */
  get running(): number | undefined {
    const place = Atomics.load(this.words, RUNNING);
    return place === NO_PLACE ? undefined : place;
  }

  /** The call at `place` is not to run, unless it has begun. */
  cancel(place: number): void {
    Atomics.store(this.words, CANCELLED + (place % CALLS_PER_THREAD), place);
  }

  /** No call is to begin any more. */
  stop(): void {
    Atomics.store(this.words, STOPPED, 1);
  }

  /** For a thread that has stopped. */
  forget(): void {
    states.delete(this);
    if (states.size === 0) process.off('exit', waitForAll);
  }

  /** Until it has none, or the time has come. */
  wait(end: number): void {
    for (;;) {
      const calls = Atomics.load(this.words, CALLS);
      const left = end - performance.now();
      if (calls <= 0 || left <= 0) return;
      Atomics.wait(this.words, CALLS, calls, left);
    }
  }
}

export function placeAfter(place: number): number {
  return place === LAST_PLACE ? 1 : place + 1;
}

/** For the worker: a call of any kind is over. */
export function subtractBusy(words: Int32Array): void {
  Atomics.sub(words, CALLS, 1);
  Atomics.notify(words, CALLS);
}

/** For the worker: whether the call at `place` is to run, which begins now. */
export function begin(words: Int32Array, place: number): boolean {
  if (Atomics.load(words, STOPPED) === 1 || Atomics.load(words, CANCELLED + (place % CALLS_PER_THREAD)) === place) return false;
  Atomics.store(words, RUNNING, place);
  return true;
}

/** For the worker: the call that has begun is over. */
export function finish(words: Int32Array): void {
  Atomics.store(words, RUNNING, NO_PLACE);
}

/** For a worker that ends. */
export function clearBusy(words: Int32Array): void {
  Atomics.store(words, CALLS, 0);
  Atomics.notify(words, CALLS);
}

const states = new Set<ThreadState>();

function waitForAll(): void {
  const end = performance.now() + PATIENCE_MILLIS;
  for (const state of states) state.stop();
  for (const state of states) state.wait(end);
}
