/** How long the end of the process waits for calls that run. */
const PATIENCE_MILLIS = 10_000;

const IDLE = 0;
const BUSY = 1;

/**
 * Whether a worker thread is busy, in shared memory: set by the thread that sends it work, cleared by the worker.
 *
 * A thread must not be terminated while it is inside of onnxruntime: the addon then cannot throw what it comes back with, and aborts the
 * process (onnxruntime-node 1.30). Node terminates every thread when the process ends, by `process.exit()` or an uncaught error. So the end
 * of the process waits for those that are busy.
 */
export class BusyFlag {
  readonly word: Int32Array = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

  constructor() {
    if (flags.size === 0) process.on('exit', waitForAll);
    flags.add(this);
  }

  set(): void {
    Atomics.store(this.word, 0, BUSY);
  }

  /** For a thread that has stopped. */
  forget(): void {
    flags.delete(this);
    if (flags.size === 0) process.off('exit', waitForAll);
  }

  wait(millis: number): void {
    Atomics.wait(this.word, 0, BUSY, millis);
  }
}

/** For the worker. */
export function clearBusy(word: Int32Array): void {
  Atomics.store(word, 0, IDLE);
  Atomics.notify(word, 0);
}

const flags = new Set<BusyFlag>();

function waitForAll(): void {
  const end = performance.now() + PATIENCE_MILLIS;
  for (const flag of flags) flag.wait(Math.max(0, end - performance.now()));
}
