import { whatRuns } from '../running.ts';
import { serviceListens } from './signal-listeners.ts';
import { within } from './within.ts';

export interface FlushOnExitOptions {
  /** Signals on which is flushed. Default SIGTERM and SIGINT; an empty list for none. */
  signals?: readonly NodeJS.Signals[];
  /**
   * How long the end of the process may wait for the flush, in milliseconds; also the limit of every export, and of the retries of the OTLP
   * exporter, which would keep the process alive longer. Default 3000; from 1 to 60,000.
   */
  timeoutMillis?: number;
}

export interface Telemetry {
  /** Delivers what there is; more may come. Whether it arrived. */
  flush(): Promise<boolean>;
  /** Delivers what there is and ends. */
  shutdown(): Promise<unknown>;
  /** What is to be done at once before a signal ends the process, which then emits no `exit`. */
  lastWords(): void;
}

/**
 * Flushes when a signal comes and when nothing is left to do (`beforeExit`). What the signal means stays as it was:
 *
 * - Where the service does not listen for it, telemetry is shut down and the signal raised again, so that the process ends of it, with the
 *   exit status that its parent expects. A second signal of the kind does not wait for the flush. Several flushes wait for each other.
 * - Where the service listens itself, ending is its business: what there is is flushed, and the rest when its work is done (`beforeExit`) or
 *   when it raises the signal again.
 * - Process 1 of a container, which no signal ends that it does not listen for, lives on: what there is is flushed.
 *
 * `process.exit` and uncaught errors leave no time for anything asynchronous; the exit snapshot is for them, and off-thread metrics wait for a
 * push nevertheless (`flushAtExit`). Worker threads get no signals: what they have recorded since their last export is lost when one ends the
 * process, unless it is off-thread, where the main thread's flush has it.
 * @returns what takes all listeners back.
 */
export function flushOnExit(telemetry: Telemetry, { signals, timeoutMillis }: Required<FlushOnExitOptions>): () => void {
  const { flushListeners, endings } = whatRuns();
  const onSignal = (signal: NodeJS.Signals): void => {
    // The first of the listeners, so those who listen once are still there to be counted.
    if (serviceListens(signal)) return void within(timeoutMillis, telemetry.flush());
    if (process.pid === 1) return void within(timeoutMillis, telemetry.flush()).then(telemetry.lastWords);
    endings.push(end(signal));
    if (endings.length === 1) void raiseWhenEnded(signal, endings);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    // Once all listeners have been called: signal-exit ends the process as soon as it is alone.
    await Promise.resolve();
    process.off(signal, onSignal);
    await within(timeoutMillis, telemetry.shutdown());
    telemetry.lastWords();
  };
  flushListeners.add(onSignal);
  const onBeforeExit = flushTwice(telemetry, timeoutMillis);
  for (const signal of signals) process.prependListener(signal, onSignal);
  process.on('beforeExit', onBeforeExit);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
    process.off('beforeExit', onBeforeExit);
    flushListeners.delete(onSignal);
  };
}

async function raiseWhenEnded(signal: NodeJS.Signals, endings: Promise<void>[]): Promise<void> {
  // All of ours have been called by then.
  await Promise.resolve();
  await Promise.all(endings);
  endings.length = 0;
  process.kill(process.pid, signal);
}

/**
 * A flush is itself something to do, after which the event comes again, with what others did meanwhile: that is flushed too. The third time
 * there is nothing new, or what there is cannot be delivered.
 */
function flushTwice(telemetry: Telemetry, timeoutMillis: number): () => void {
  let left = 2;
  return () => {
    if (left === 0) {
      left = 2;
      return;
    }
    left--;
    const flushed = telemetry.flush().then((delivered) => {
      if (!delivered) left = 0;
    });
    void within(timeoutMillis, flushed);
  };
}
