import { AGREE, isOver, medianOf, p95Of, throughputOf, type Window } from './window.ts';

/** A latency that fell by less is none that fell. */
const LEAST_FALL = 0.03;
const LEAST_WINDOWS = 3;

/** Whether what is tried brings the latency below its bound; `undefined` while that is not clear. `bound` in seconds. */
export function isRelief(baseline: readonly Window[], windows: readonly Window[], bound: number | undefined): boolean | undefined {
  if (windows.length < AGREE) return undefined;
  if (!windows.slice(-AGREE).some((window) => isOver(window, bound))) return true;
  if (windows.length < LEAST_WINDOWS) return undefined;
  const [before, after] = [medianOf(baseline, p95Of), medianOf(windows, p95Of)];
  if (before === undefined || after === undefined) return false;
  // Less of everything is no relief if the latency falls less than the throughput.
  const share = throughputOf(windows) / throughputOf(baseline);
  return after / before < Math.min(1 - LEAST_FALL, share);
}
