import { Presets, SingleBar } from 'cli-progress';

const INTERRUPTIONS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface Progress {
  step(): void;
  stop(): void;
}

/** A bar on standard error where that is a terminal, nothing elsewhere. */
export function showProgress(total: number): Progress {
  if (!process.stderr.isTTY) return { step: () => {}, stop: () => {} };
  const bar = new SingleBar(
    { format: '{bar} {percentage} % | {value}/{total} files | {duration_formatted}', stream: process.stderr, hideCursor: true },
    Presets.shades_classic,
  );
  const stop = (): void => {
    INTERRUPTIONS.forEach((signal) => process.off(signal, interrupted));
    bar.stop();
  };
  // The bar hides the cursor and turns off line wrapping: an interrupted program has to give both back before it ends.
  const interrupted = (signal: NodeJS.Signals): void => {
    stop();
    process.kill(process.pid, signal);
  };
  INTERRUPTIONS.forEach((signal) => process.on(signal, interrupted));
  bar.start(total, 0);
  return { step: () => bar.increment(), stop };
}
