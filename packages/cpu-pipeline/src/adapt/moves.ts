import type { Settings, Tunable } from './tunable.ts';

export type Limits = Tunable['limits'];

/** Work at a time: what presses on the processors. */
export function threadsOf({ workers, threads }: Settings): number {
  return workers * threads;
}

export function keyOf({ batchSize, workers, threads }: Settings): string {
  return `${batchSize}/${workers}/${threads}`;
}

/** The settings within their limits and, as far as those let it, with at most `most` threads; threads within a session go first. */
export function clamp(settings: Settings, limits: Limits, most: number): Settings {
  const batchSize = within(settings.batchSize, limits.batchSize);
  let workers = within(settings.workers, limits.workers);
  let threads = within(settings.threads, limits.threads);
  if (workers * threads > most) threads = within(Math.floor(most / workers), limits.threads);
  if (workers * threads > most) workers = within(Math.floor(most / threads), limits.workers);
  return { batchSize, workers, threads };
}

/** One thread fewer: within a session if it has several, since they wait for each other, otherwise a worker. */
export function oneFewer(settings: Settings, limits: Limits): Settings | undefined {
  const { workers, threads } = settings;
  if (threads > limits.threads[0]) return { ...settings, threads: threads - 1 };
  return workers > limits.workers[0] ? { ...settings, workers: workers - 1 } : undefined;
}

/** Ways to more work at a time, the better bet first: workers don't wait for each other. `most` threads at most, or as many as now. */
export function concurrencyMoves(settings: Settings, limits: Limits, most: number): Settings[] {
  const { workers, threads } = settings;
  const moves: Settings[] = [];
  for (const count of [workers + 1, workers - 1]) {
    const filling = within(Math.floor(most / Math.max(1, count)), limits.threads);
    if (count > workers) moves.push({ ...settings, workers: count });
    moves.push({ ...settings, workers: count, threads: filling });
    if (count > workers) moves.push({ ...settings, threads: threads + 1 });
  }
  return moves.filter((move) => isWithin(move, limits) && (threadsOf(move) <= most || threadsOf(move) <= threadsOf(settings)));
}

/** A batch twice and eight times as large: over a step that gains nothing to one that does. */
export function largerBatches(settings: Settings, { batchSize: [, most] }: Limits): Settings[] {
  return [2, 8].map((factor) => ({ ...settings, batchSize: Math.min(most, settings.batchSize * factor) }));
}

/** A batch that by now should stay below `most` times its present latency, which at worst grows as it does; one more item at least. */
export function slightlyLargerBatch(settings: Settings, { batchSize: [, largest] }: Limits, most: number): Settings {
  const room = Math.floor(settings.batchSize * Math.min(2, most));
  return { ...settings, batchSize: Math.min(largest, Math.max(settings.batchSize + 1, room)) };
}

/** `factor` of the batch, one item fewer at least; `undefined` for the smallest. */
export function smallerBatch(settings: Settings, { batchSize: [least] }: Limits, factor: number): Settings | undefined {
  const { batchSize } = settings;
  if (batchSize <= least) return undefined;
  return { ...settings, batchSize: Math.max(least, Math.min(batchSize - 1, Math.floor(batchSize * factor))) };
}

export function isWithin(settings: Settings, limits: Limits): boolean {
  const names = Object.keys(limits) as (keyof Settings)[];
  return names.every((name) => settings[name] === within(settings[name], limits[name]));
}

function within(value: number, [least, most]: readonly [number, number]): number {
  return Math.min(most, Math.max(least, value));
}
