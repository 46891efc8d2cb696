import type { ConditionsReading } from '../sense/reading.ts';
import { ConstraintWatch, crowding } from './constraints.ts';
import type { Change, ConstraintName, Reason } from './decision.ts';
import {
  clamp,
  concurrencyMoves,
  isWithin,
  keyOf,
  largerBatches,
  oneFewer,
  slightlyLargerBatch,
  smallerBatch,
  threadsOf,
  type Limits,
} from './moves.ts';
import type { Rules } from './options.ts';
import type { Settings } from './tunable.ts';
import { AGREE, isOver, judge, type Trial } from './trial.ts';
import { doubtOf, medianOf, p95Of, throughputOf, type Window } from './window.ts';

/** Windows of the settings in force before others are tried: more where they are noisier than so, and the most that are kept. */
const LEAST_BASELINE = 4;
const MOST_BASELINE = 12;
const BASELINE_DOUBT = 0.03;
const KEPT = 20;
/** Windows whose median is compared with what the settings gave before. */
const NOTICED = 5;
/** Share of the latency's bound up to which there is room for more. */
const HEADROOM = 0.8;
/** What an idle share of processors has to change by to count as another load on the machine, and to be room for a thread. */
const IDLE_STEP = 0.5;
const PRESSURE_STEP = 0.2;
/** All may be tried anew so often, as a share of the time after which something is tried again anyhow. */
const FORGET_SHARE = 1 / 3;

interface Reference {
  readonly throughput: number;
  readonly pressure: number | undefined;
  readonly idle: number | undefined;
}

/**
 * Searches for the best settings while they are in use: decides from one window after another whether to change them, and knows no time
 * but what it is told. It
 *
 * - climbs in steps over workers and threads, up to as many as there are processors, and over batch sizes; what was tried is kept if it
 *   gains 3 %, or if it is less of something and loses no more than 1 %, by the medians of windows, as soon as these are further apart
 *   than their noise;
 * - under a bound of the latency, adds to the batch while there is room and cuts it when the bound is broken, by 10 % to a half as far as
 *   it is broken; or takes a thread away first, where the pressure says that there is one too many. What doesn't help is taken back;
 * - takes threads or batch away where a constraint is broken, unasked, and adds none until there is room again;
 * - starts anew when throughput, pressure or idle processors say that the machine's load has changed, and tries again now and then.
 *
 * Sources: additive increase and multiplicative decrease of batches under a latency objective from Clipper (Crankshaw et al., NSDI 2017),
 * the decrease of 10 % too; a decrease in proportion to how much slower it got, of a half at most, and no growth while there is less to do
 * than there could be, from the Gradient2 limit of Netflix' concurrency-limits. Pressure as the sign of what a machine lacks: Weiner et al.,
 * TMO (ASPLOS 2022), for memory; the threshold for processors was measured.
 */
export class Climb {
  readonly #rules: Rules;
  readonly #watch: ConstraintWatch;
  #limits: Limits;
  #settings: Settings;
  #windows: Window[] = [];
  #reference: Reference | undefined;
  #trial: Trial | undefined;
  /** When settings were measured and left. */
  readonly #tried = new Map<string, number>();
  #overInARow = 0;
  #otherInARow = 0;
  #forgotAt = -Infinity;
  #probedAt = -Infinity;

  constructor(rules: Rules, settings: Settings, limits: Limits) {
    this.#rules = rules;
    this.#watch = new ConstraintWatch(rules);
    this.#settings = settings;
    this.#limits = limits;
  }

  /** Of the 95th percentile, seconds. */
  get #bound(): number | undefined {
    return this.#rules.p95BelowSeconds;
  }

  /** Throughput of the last window as a share of what the settings gave when they were chosen; `undefined` until both are known. */
  get performance(): number | undefined {
    const last = this.#windows.at(-1);
    return last === undefined || this.#reference === undefined ? undefined : last.throughput / this.#reference.throughput;
  }

  get holding(): ReadonlySet<ConstraintName> {
    return this.#watch.holding;
  }

  /** Settings are others than those that were decided on: somebody else set them, or they couldn't be applied. */
  follow(settings: Settings, limits: Limits): void {
    this.#limits = limits;
    if (keyOf(settings) === keyOf(this.#settings)) return;
    this.#settings = settings;
    this.#trial = undefined;
    this.#begin();
    this.#reference = undefined;
  }

  /** `wanted` could not be applied: not asked for again before all else is tried. */
  refused(wanted: Settings, now: number): void {
    this.#trial = undefined;
    this.#tried.set(keyOf(wanted), now);
    this.#begin();
  }

  /** The settings were applied. */
  applied(settings: Settings): void {
    this.#settings = settings;
    this.#begin();
  }

  /** What has to be done by any reading, whether items were finished or not. */
  constrain(reading: ConditionsReading, now: number): Change | undefined {
    const lawful = clamp(this.#settings, this.#limits, mostThreads(reading));
    if (keyOf(lawful) !== keyOf(this.#settings)) return this.#leave(lawful, 'limits', now);
    const name = this.#watch.broken(reading);
    if (name === undefined) return undefined;
    const less = this.#lessFor(name);
    return less === undefined ? undefined : this.#leave(less, name, now);
  }

  /** What should be done by what the settings in force give. */
  decide(window: Window, now: number): Change | undefined {
    this.#windows.push(window);
    if (this.#windows.length > KEPT) this.#windows.shift();
    if (this.#trial !== undefined) {
      const undone = this.#judge(this.#trial, now);
      if (undone !== undefined || this.#trial !== undefined) return undone;
    }
    this.#overInARow = isOver(window, this.#bound) ? this.#overInARow + 1 : 0;
    this.#notice(window, now);
    if (this.#overInARow >= AGREE && !this.#isBacklogged(window)) return this.#relieve(window, now);
    if (this.#overInARow > 0 && !this.#isBacklogged(window)) return undefined;
    return this.#probe(window, now);
  }

  #begin(): void {
    this.#windows = [];
    this.#overInARow = 0;
    this.#otherInARow = 0;
    this.#watch.restart();
  }

  /** Leaves the settings for good, and a trial with them. */
  #leave(to: Settings, reason: Reason, now: number): Change {
    this.#tried.set(keyOf(this.#settings), now);
    this.#trial = undefined;
    this.#reference = undefined;
    return { to, reason };
  }

  #lessFor(name: ConstraintName): Settings | undefined {
    const fewer = oneFewer(this.#settings, this.#limits);
    if (name !== 'memory') return fewer;
    return smallerBatch(this.#settings, this.#limits, 0.5) ?? fewer;
  }

  /**
   * More waits than a window finishes: the latency is what the queue makes it, and less of anything makes it longer. Then throughput
   * counts, until the queue is short again.
   */
  #isBacklogged({ load: { waiting, seconds }, throughput }: Window): boolean {
    return waiting / throughput > Math.max(seconds, 2 * (this.#bound ?? 0));
  }

  /** Whether the machine's load has changed; then what was tried says nothing any more. */
  #notice({ load, conditions }: Window, now: number): void {
    if (this.#reference === undefined) {
      if (!this.#isKnown()) return;
      this.#reference = {
        throughput: throughputOf(this.#windows),
        pressure: medianOf(this.#windows, pressureOf),
        idle: medianOf(this.#windows, idleOf),
      };
      return;
    }
    const { performanceTarget, reprobeSeconds } = this.#rules;
    const share = throughputOf(this.#windows.slice(-NOTICED)) / this.#reference.throughput;
    const other =
      (load.waiting > 0 && (share < performanceTarget || share > 1 / performanceTarget)) ||
      differs(conditions.cpuPressure?.some, this.#reference.pressure, PRESSURE_STEP) ||
      differs(conditions.idleCpus, this.#reference.idle, IDLE_STEP);
    this.#otherInARow = other ? this.#otherInARow + 1 : 0;
    if (this.#otherInARow < AGREE || now - this.#forgotAt < reprobeSeconds * FORGET_SHARE) return;
    this.#forgotAt = now;
    this.#tried.clear();
    this.#reference = undefined;
    this.#otherInARow = 0;
    this.#windows = this.#windows.slice(-AGREE);
  }

  #relieve(window: Window, now: number): Change | undefined {
    const relief = this.#reliefs(window).find((settings) => this.#isOpen(settings, now));
    if (relief === undefined) return undefined;
    const crowded = threadsOf(relief) < threadsOf(this.#settings) ? crowding(window.conditions, this.#rules) : undefined;
    this.#trial = { kind: 'relief', from: this.#settings, baseline: this.#windows.slice(-LEAST_BASELINE), bounded: true };
    return { to: relief, reason: crowded ?? 'latency' };
  }

  /** What may bring the latency down, the better bet first. */
  #reliefs({ load, conditions }: Window): Settings[] {
    const fewer = oneFewer(this.#settings, this.#limits);
    const bound = this.#bound ?? Infinity;
    const cut = smallerBatch(this.#settings, this.#limits, Math.min(0.9, Math.max(0.5, (0.95 * bound) / (load.p95Seconds ?? bound))));
    const crowded = crowding(conditions, this.#rules) !== undefined;
    const more =
      crowded || !this.#mayAddThreads(conditions, true) ? [] : concurrencyMoves(this.#settings, this.#limits, mostThreads(conditions));
    return [...(crowded ? [fewer, cut] : [cut]), ...more, fewer].filter((settings) => settings !== undefined);
  }

  /** The next settings to try: one that is open, or now and then that which was tried longest ago. */
  #probe(window: Window, now: number): Change | undefined {
    if (!this.#isKnown()) return undefined;
    const moves = this.#moves(window);
    let next = moves.find((settings) => !this.#tried.has(keyOf(settings)));
    if (next === undefined && now - this.#probedAt >= this.#rules.reprobeSeconds)
      next = moves.toSorted((a, b) => this.#tried.get(keyOf(a))! - this.#tried.get(keyOf(b))!)[0];
    // Where the load seems to have changed, the next window tells.
    if (next === undefined || this.#otherInARow > 0) return undefined;
    this.#probedAt = now;
    this.#trial = {
      kind: 'gain',
      from: this.#settings,
      baseline: this.#windows,
      bounded: this.#bound !== undefined && !this.#isBacklogged(window),
    };
    const crowded = threadsOf(next) < threadsOf(this.#settings) ? crowding(window.conditions, this.#rules) : undefined;
    return { to: next, reason: crowded ?? 'probe' };
  }

  /** Whether there is enough to compare with. */
  #isKnown(): boolean {
    const { length } = this.#windows;
    return length >= LEAST_BASELINE && (length >= MOST_BASELINE || doubtOf(this.#windows) <= BASELINE_DOUBT);
  }

  #moves(window: Window): Settings[] {
    // Where nothing waits, throughput is what comes in, and says nothing about settings.
    if (this.#windows.every(({ load }) => load.waiting === 0)) return [];
    const { conditions } = window;
    const settings = this.#settings;
    const bound = this.#isBacklogged(window) ? undefined : this.#bound;
    const room = bound === undefined ? Infinity : bound / (medianOf(this.#windows, p95Of) ?? bound);
    const fewer = oneFewer(settings, this.#limits);
    const more = concurrencyMoves(settings, this.#limits, mostThreads(conditions)).filter(
      (move) => threadsOf(move) <= threadsOf(settings) || (room * HEADROOM >= 1 && this.#mayAddThreads(conditions, bound !== undefined)),
    );
    const smaller = [0.5, 0.25].map((factor) => smallerBatch(settings, this.#limits, factor));
    const batches = this.#largerBatches(room);
    const crowded = crowding(conditions, this.#rules) !== undefined;
    const moves = crowded ? [fewer, ...more, ...batches, ...smaller] : [...more, ...batches, ...smaller, fewer];
    return moves.filter((move) => move !== undefined && isWithin(move, this.#limits) && keyOf(move) !== keyOf(settings)) as Settings[];
  }

  #largerBatches(room: number): Settings[] {
    if (room * HEADROOM < 1 || this.#watch.holding.has('memory')) return [];
    return room === Infinity
      ? largerBatches(this.#settings, this.#limits)
      : [slightlyLargerBatch(this.#settings, this.#limits, room * 0.95)];
  }

  /** Where the latency's bound counts, only if a processor is free: one thread too many would break it. */
  #mayAddThreads({ idleCpus }: ConditionsReading, bounded: boolean): boolean {
    if (this.#watch.holding.size > 0) return false;
    return !bounded || idleCpus === undefined || idleCpus >= IDLE_STEP;
  }

  #isOpen(settings: Settings, now: number): boolean {
    const at = this.#tried.get(keyOf(settings));
    return at === undefined || now - at >= this.#rules.reprobeSeconds;
  }

  /** Ends a trial when it is decided: by keeping what is in force, or by the change that takes it back. */
  #judge(trial: Trial, now: number): Change | undefined {
    const verdict = judge(trial, this.#windows, this.#settings, this.#bound);
    if (verdict === undefined) return undefined;
    this.#trial = undefined;
    if (verdict === 'kept') {
      this.#tried.set(keyOf(trial.from), now);
      this.#reference = undefined;
      return undefined;
    }
    this.#tried.set(keyOf(this.#settings), now);
    const other = verdict === 'over_target' ? this.#withSmallerBatch(trial) : undefined;
    if (other !== undefined) this.#trial = { ...trial, cut: true };
    return { to: other ?? trial.from, reason: verdict };
  }

  /** Other workers and threads may be better with a smaller batch alone: neither step by itself would lead there. */
  #withSmallerBatch({ from, cut }: Trial): Settings | undefined {
    const { workers, threads } = this.#settings;
    if (cut || (workers === from.workers && threads === from.threads)) return undefined;
    const bound = this.#bound ?? Infinity;
    const smaller = smallerBatch(this.#settings, this.#limits, (0.95 * bound) / (medianOf(this.#windows, p95Of) ?? bound));
    return smaller !== undefined && !this.#tried.has(keyOf(smaller)) ? smaller : undefined;
  }
}

/** At least one. */
function mostThreads({ effectiveCpus }: ConditionsReading): number {
  return Math.max(1, Math.floor(effectiveCpus));
}

function differs(value: number | undefined, reference: number | undefined, step: number): boolean {
  return value !== undefined && reference !== undefined && Math.abs(value - reference) > step;
}

function pressureOf({ conditions: { cpuPressure } }: Window): number | undefined {
  return cpuPressure?.some;
}

function idleOf({ conditions: { idleCpus } }: Window): number | undefined {
  return idleCpus;
}
