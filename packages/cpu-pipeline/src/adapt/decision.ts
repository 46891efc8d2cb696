import type { ConditionsReading } from '../sense/reading.ts';
import type { Load, Settings } from './tunable.ts';

/**
 * Why settings were changed.
 *
 * - `limits`: they were outside of the limits, or had more threads than there are processors
 * - `probe`: it is tried whether others give more
 * - `compare`: what is tried and what was before take turns, four at most, until it is clear which gives more
 * - `gain`: what was tried gave more, and is kept
 * - `no_gain`: what was tried gave too little more, and was taken back; where what was before turns out to have become slower as well, it is
 *   tried again
 * - `over_target`: what was tried broke the bound of the latency, and was taken back
 * - `latency`: the bound of the latency is broken
 * - `no_relief`: what was done against that didn't help, and was taken back
 * - `cpu_pressure`, `throttling`, `context_switches`: there are more threads than processors' time: one fewer is tried
 * - `memory`, `temperature`, `power`, `event_loop_delay`: a constraint is broken
 * - `apply_failed`: nothing changed, since the new settings could not be applied
 */
export type Reason =
  | 'limits'
  | 'probe'
  | 'compare'
  | 'gain'
  | 'no_gain'
  | 'over_target'
  | 'latency'
  | 'no_relief'
  | CrowdingReason
  | ConstraintName
  | 'apply_failed';

/** What tells that there is a thread too many. */
export type CrowdingReason = 'cpu_pressure' | 'throttling' | 'context_switches';

export type ConstraintName = 'memory' | 'temperature' | 'power' | 'event_loop_delay';

/** A change of settings, and the readings that caused it. */
export interface Decision {
  /** Unix time, milliseconds. */
  readonly at: number;
  readonly from: Settings;
  /** With `apply_failed` what was asked for, and not got. */
  readonly to: Settings;
  /** The first that differs, of workers, threads, batch size. */
  readonly setting: keyof Settings;
  readonly reason: Reason;
  readonly load: Load;
  readonly conditions: ConditionsReading;
  /** What `apply` rejected with. */
  readonly error?: unknown;
}

export interface Change {
  readonly to: Settings;
  readonly reason: Reason;
}

export function settingThatDiffers(from: Settings, to: Settings): keyof Settings {
  if (from.workers !== to.workers) return 'workers';
  return from.threads === to.threads ? 'batchSize' : 'threads';
}
