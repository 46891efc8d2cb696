/** How long the end of the process waits for calls that run. */
const PATIENCE_MILLIS = 10_000;

/** Words. */
const CALLS = 0;
const STARTED = 1;

/**
 * How many calls a worker thread has, in shared memory: counted up by the thread that sends it work, down by the worker. And how many it
 * has ever started, counted by the worker.
 *
 * A thread must not be terminated while it is inside of onnxruntime: the addon then cannot throw what it comes back with, and aborts the
 * process (onnxruntime-node 1.30). Node terminates every thread when the process ends, by `process.exit()` or an uncaught error. So the end
 * of the process waits for those that are busy.
 */
export class BusyCount {
  readonly words: Int32Array = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));

  constructor() {
    if (counts.size === 0) process.on('exit', waitForAll);
    counts.add(this);
  }

  add(): void {
    Atomics.add(this.words, CALLS, 1);
  }

  get started(): number {
    return Atomics.load(this.words, STARTED);
  }

  /** For a thread that has stopped. */
  forget(): void {
    counts.delete(this);
    if (counts.size === 0) process.off('exit', waitForAll);
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

/** For the worker: a call is over. */
export function subtractBusy(words: Int32Array): void {
  Atomics.sub(words, CALLS, 1);
  Atomics.notify(words, CALLS);
}

/** For the worker: the next call is about to run. */
export function countStarted(words: Int32Array): void {
  Atomics.add(words, STARTED, 1);
}

/** For a worker that ends. */
export function clearBusy(words: Int32Array): void {
  Atomics.store(words, CALLS, 0);
  Atomics.notify(words, CALLS);
}

const counts = new Set<BusyCount>();

function waitForAll(): void {
  const end = performance.now() + PATIENCE_MILLIS;
  for (const count of counts) count.wait(end);
}
