import { threadsOf } from './moves.ts';
import type { Settings } from './tunable.ts';
import { doubtBetween, medianOf, p95Of, throughputOf, type Window } from './window.ts';

/** Windows in a row that must agree. */
export const AGREE = 2;
/** What takes more memory or time of processors has to give so much more. */
const LEAST_GAIN = 0.03;
/** What takes less may lose so much, since it is less. */
const MOST_LOSS = 0.01;
/** A trial is decided as soon as it is clear, at the latest after the most. */
const LEAST_WINDOWS = 3;
const MOST_WINDOWS = 16;
/** Clear is what is further from where it would be decided otherwise than so many standard deviations, and than this share. */
const DEVIATIONS = 2;
const LEAST_DOUBT = 0.02;

/** Settings that are tried: whether they give more, or bring the latency below its bound. */
export interface Trial {
  readonly kind: 'gain' | 'relief';
  readonly from: Settings;
  /** Of the settings before. */
  readonly baseline: readonly Window[];
  /** Whether the latency's bound counts. */
  readonly bounded: boolean;
  /** Whether its batch was cut for the latency already. */
  readonly cut?: boolean;
}

export type Verdict = 'kept' | 'no_gain' | 'over_target' | 'no_relief';

/** What the windows of a trial of `settings` say; `undefined` while that is not clear. `bound` is that of the latency, in seconds. */
export function judge(trial: Trial, windows: readonly Window[], settings: Settings, bound: number | undefined): Verdict | undefined {
  return trial.kind === 'gain' ? judgeGain(trial, windows, settings, bound) : judgeRelief(trial, windows, bound);
}

export function isOver({ load: { p95Seconds } }: Window, bound: number | undefined): boolean {
  return bound !== undefined && p95Seconds !== undefined && p95Seconds > bound;
}

function judgeGain({ from, baseline, bounded }: Trial, windows: readonly Window[], settings: Settings, bound: number | undefined) {
  if (bounded && windows.length >= AGREE && windows.slice(-AGREE).every((window) => isOver(window, bound))) return 'over_target';
  if (windows.length < LEAST_WINDOWS) return undefined;
  const last = windows.length >= MOST_WINDOWS;
  if (bounded && !last && isOver(windows.at(-1)!, bound)) return undefined;
  // Where nothing waits any more, it gives all that is asked for.
  const enough = windows.every(({ load }) => load.waiting === 0);
  const asked = takesMore(from, settings) ? LEAST_GAIN : -MOST_LOSS;
  const least = enough ? 0 : asked;
  const gain = throughputOf(windows) / throughputOf(baseline) - 1;
  const doubt = Math.max(LEAST_DOUBT, DEVIATIONS * doubtBetween(windows, baseline));
  if (!last && Math.abs(gain - least) <= doubt) return undefined;
  return gain >= least ? 'kept' : 'no_gain';
}

function judgeRelief({ baseline }: Trial, windows: readonly Window[], bound: number | undefined) {
  if (windows.length < AGREE) return undefined;
  if (!windows.slice(-AGREE).some((window) => isOver(window, bound))) return 'kept';
  if (windows.length < LEAST_WINDOWS) return undefined;
  const [before, after] = [medianOf(baseline, p95Of), medianOf(windows, p95Of)];
  if (before === undefined || after === undefined) return 'no_relief';
  // Less of everything is no relief if the latency falls less than the throughput.
  const share = throughputOf(windows) / throughputOf(baseline);
  return after / before < Math.min(1 - LEAST_GAIN, share) ? 'kept' : 'no_relief';
}

function takesMore(from: Settings, to: Settings): boolean {
  return threadsOf(to) > threadsOf(from) || (threadsOf(to) === threadsOf(from) && to.batchSize >= from.batchSize);
}
