import { whatRuns } from '../running.ts';

/** Of the package `signal-exit`, by its versions 4 and 3: how many of its copies listen for signals. */
interface SignalExit {
  readonly count?: unknown;
}

/**
 * Whether the service decides what a signal does. Flushes of otel-perf do not, and neither does `signal-exit`, which came with some other
 * package: it tidies up and raises the signal again, as soon as nobody but itself listens. Each waiting for the other to go, the process
 * would never end.
 */
export function serviceListens(signal: NodeJS.Signals): boolean {
  const { flushListeners } = whatRuns();
  const others = process.listeners(signal).filter((listener) => !flushListeners.has(listener)).length;
  return others > signalExits();
}

function signalExits(): number {
  const four = (globalThis as Record<symbol, SignalExit | undefined>)[Symbol.for('signal-exit emitter')];
  const { __signal_exit_emitter__: three } = process as { __signal_exit_emitter__?: SignalExit };
  return [four, three].reduce((sum, emitter) => sum + (typeof emitter?.count === 'number' ? emitter.count : 0), 0);
}
