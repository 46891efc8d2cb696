import type { ConditionsReading } from '../sense/reading.ts';
import { Attempts } from './attempts.ts';
import { Comparison } from './comparison.ts';
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
import { isRelief } from './relief.ts';
import { AGREE, doubtBetween, doubtOf, isOver, medianOf, p95Of, throughputOf, type Window } from './window.ts';

/** Windows of the settings in force before others are tried: more where they are noisier than so, and the most that are kept. */
const LEAST_BASELINE = 4;
const MOST_BASELINE = 12;
const BASELINE_DOUBT = 0.03;
const KEPT = 30;
/** Windows whose median is compared with what the settings gave before, no fewer: on a busy machine a few are slow by chance. */
const NOTICED = 20;
/** What is not further apart than so many standard deviations may be chance. */
const DEVIATIONS = 2;
/** Share of the latency's bound up to which there is room for more. */
const HEADROOM = 0.8;
/** What an idle share of processors has to change by to count as another load on the machine, and to be room for a thread. */
const IDLE_STEP = 0.5;
const PRESSURE_STEP = 0.2;
/** What gave so much less has lost by far. */
const CLEAR_LOSS = 0.15;
/** What is tried again now and then may cost so much of what could be done. */
const MOST_COST = 0.01;
/** All may be tried anew so often, as a share of the time after which something is tried again anyhow. */
const FORGET_SHARE = 1 / 3;

/** Settings left for others, which were to bring the latency down, and their windows. */
interface Relief {
  readonly from: Settings;
  readonly baseline: readonly Window[];
}

/** What the settings in force gave when they were chosen. */
interface Reference {
  readonly windows: readonly Window[];
  readonly throughput: number;
  readonly pressure: number | undefined;
  readonly idle: number | undefined;
}

/**
 * Searches for the best settings while they are in use: decides from one window after another whether to change them, and knows no time
 * but what it is told. It
 *
 * - climbs in steps over workers and threads, up to as many as there are processors, and over batch sizes; what was tried is kept if it
 *   gains 3 %, or if it is less of something and loses no more than 1 %, as soon as turns of it and of what was before are further apart
 *   than their noise, or after four turns of each. Workers and threads that lose by far are left out with batches of a like size;
 * - under a bound of the latency, adds to the batch while there is room and cuts it when the bound is broken, by 10 % to a half as far as
 *   it is broken; or takes a thread away first, where the pressure says that there is one too many. What doesn't help is taken back;
 * - takes threads or batch away where a constraint is broken, unasked, and adds none until there is room again;
 * - starts anew when pressure or idle processors say that the machine's load has changed, or throughput for longer than chance, and tries
 *   again now and then.
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
  /** Of settings that were chosen, not of those that are tried. */
  #last: Window | undefined;
  #reference: Reference | undefined;
  /** What is tried: whether it gives more, or brings the latency below its bound. */
  #trial: Comparison | Relief | undefined;
  readonly #attempts = new Attempts();
  #overInARow = 0;
  #otherInARow = 0;
  #forgotAt = -Infinity;
  #probedAt = -Infinity;
  /** Nothing is tried again before, so that what it cost is little by then. */
  #restsUntil = -Infinity;

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
    if (this.#last === undefined || this.#reference === undefined) return undefined;
    return this.#last.throughput / this.#reference.throughput;
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
    this.#reference = undefined;
    this.#attempts.left(wanted, now);
    this.#begin();
  }

  /** The settings were applied, which took so long. */
  applied(settings: Settings, seconds: number): void {
    if (this.#trial instanceof Comparison) this.#trial.changed(seconds);
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
    if (!this.#isTrying()) this.#last = window;
    this.#windows.push(window);
    if (this.#windows.length > KEPT) this.#windows.shift();
    if (this.#trial !== undefined) {
      const change = this.#trial instanceof Comparison ? this.#compare(this.#trial, now) : this.#judgeRelief(this.#trial, now);
      if (change !== undefined) {
        if (this.#isAllowed(change.to, window)) return change;
        this.#trial = undefined;
        this.#reference = undefined;
      }
      if (this.#trial !== undefined) return undefined;
    }
    this.#overInARow = isOver(window, this.#bound) ? this.#overInARow + 1 : 0;
    this.#notice(window, now);
    if (this.#overInARow >= AGREE && !this.#isBacklogged(window)) return this.#relieve(window, now);
    if (this.#overInARow > 0 && !this.#isBacklogged(window)) return undefined;
    return this.#probe(window, now);
  }

  #isTrying(): boolean {
    return this.#trial instanceof Comparison ? this.#trial.isTrying : this.#trial !== undefined;
  }

  /** Whether a trial may still change to these: what there is of processors, and what constraints hold, may be others than when it began. */
  #isAllowed(to: Settings, { conditions }: Window): boolean {
    if (keyOf(clamp(to, this.#limits, mostThreads(conditions))) !== keyOf(to)) return false;
    if (this.#isTrying() || this.#watch.holding.size === 0) return true;
    return threadsOf(to) <= threadsOf(this.#settings) && !(this.#watch.holding.has('memory') && to.batchSize > this.#settings.batchSize);
  }

  #begin(): void {
    this.#windows = [];
    this.#overInARow = 0;
    this.#otherInARow = 0;
    this.#watch.restart();
  }

  /** Leaves the settings for good, and a trial with them. */
  #leave(to: Settings, reason: Reason, now: number): Change {
    this.#attempts.left(this.#settings, now);
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
      this.#reference = referenceOf([...this.#windows]);
      return;
    }
    const isOtherLoad =
      differs(conditions.cpuPressure?.some, this.#reference.pressure, PRESSURE_STEP) ||
      differs(conditions.idleCpus, this.#reference.idle, IDLE_STEP);
    const isOther = isOtherLoad || (load.waiting > 0 && this.#isOtherThroughput(this.#reference));
    this.#otherInARow = isOther ? this.#otherInARow + 1 : 0;
    if (this.#otherInARow < AGREE || now - this.#forgotAt < this.#rules.reprobeSeconds * FORGET_SHARE) return;
    this.#forgotAt = now;
    this.#restsUntil = -Infinity;
    // A machine that is slower or faster by the same load is so for all settings.
    this.#attempts.forget({ lostToo: isOtherLoad || (conditions.cpuPressure === undefined && conditions.idleCpus === undefined) });
    this.#reference = undefined;
    this.#otherInARow = 0;
    this.#windows = this.#windows.slice(-AGREE);
  }

  /** Further from the reference than settings may be by the rules, and than by chance. */
  #isOtherThroughput({ windows, throughput }: Reference): boolean {
    if (this.#windows.length < NOTICED) return false;
    const recent = this.#windows.slice(-NOTICED);
    const share = throughputOf(recent) / throughput;
    const ratio = Math.min(share, 1 / share);
    return ratio < this.#rules.performanceTarget && 1 - ratio > DEVIATIONS * doubtBetween(recent, windows);
  }

  #relieve(window: Window, now: number): Change | undefined {
    const relief = this.#reliefs(window).find((settings) => this.#attempts.areOpen(settings, this.#rules.reprobeSeconds, now));
    if (relief === undefined) return undefined;
    const crowded = threadsOf(relief) < threadsOf(this.#settings) ? crowding(window.conditions, this.#rules) : undefined;
    this.#trial = { from: this.#settings, baseline: this.#windows.slice(-LEAST_BASELINE) };
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
    const isTime = now - this.#probedAt >= this.#rules.reprobeSeconds && now >= this.#restsUntil;
    const next = this.#attempts.firstNew(moves) ?? (isTime ? this.#attempts.oldest(moves) : undefined);
    // Where the load seems to have changed, the next window tells.
    if (next === undefined || this.#otherInARow > 0) return undefined;
    this.#probedAt = now;
    this.#trial = new Comparison({
      from: this.#settings,
      to: next,
      baseline: this.#windows.slice(-LEAST_BASELINE),
      bounded: this.#bound !== undefined && !this.#isBacklogged(window),
    });
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

  /** Gives each its turn until it is decided which are better, and keeps those. */
  #compare(trial: Comparison, now: number): Change | undefined {
    const { from, to, isTrying } = trial;
    const step = trial.next(this.#windows, this.#isBacklogged(this.#windows.at(-1)!) ? undefined : this.#bound);
    if (step === undefined) return undefined;
    if (step === 'compare') return { to: isTrying ? from : to, reason: 'compare' };
    // What comes after it tells for good.
    if (step === 'no_gain' && isTrying) return { to: from, reason: 'no_gain' };
    this.#trial = undefined;
    this.#restsUntil = now + trial.lostSeconds / MOST_COST;
    if (step === 'not_comparable') return undefined;
    this.#attempts.left(step === 'kept' ? from : to, now);
    if (step === 'no_gain') {
      if (trial.gain < -CLEAR_LOSS && isOtherConcurrency(from, to)) this.#attempts.lostByFar(to);
      return undefined;
    }
    if (step === 'kept') {
      this.#attempts.kept(to);
      this.#reference = referenceOf(trial.tried);
      this.#last = trial.tried.at(-1);
      return { to, reason: 'gain' };
    }
    const smaller = this.#withSmallerBatch(trial);
    if (smaller !== undefined)
      this.#trial = new Comparison({ from, to: smaller, baseline: trial.baseline, bounded: trial.bounded, cut: true });
    return { to: smaller ?? from, reason: 'over_target' };
  }

  /** Other workers and threads may be better with a smaller batch alone: neither step by itself would lead there. */
  #withSmallerBatch({ from, cut }: Comparison): Settings | undefined {
    if (cut || !isOtherConcurrency(from, this.#settings)) return undefined;
    const bound = this.#bound ?? Infinity;
    const smaller = smallerBatch(this.#settings, this.#limits, (0.95 * bound) / (medianOf(this.#windows, p95Of) ?? bound));
    return smaller !== undefined && !this.#attempts.has(smaller) ? smaller : undefined;
  }

  /** Ends it when it is decided: by keeping what is in force, or by the change that takes it back. */
  #judgeRelief({ from, baseline }: Relief, now: number): Change | undefined {
    const isIt = isRelief(baseline, this.#windows, this.#bound);
    if (isIt === undefined) return undefined;
    this.#trial = undefined;
    this.#attempts.left(isIt ? from : this.#settings, now);
    if (!isIt) return { to: from, reason: 'no_relief' };
    this.#reference = undefined;
    return undefined;
  }
}

/** At least one. */
function mostThreads({ effectiveCpus }: ConditionsReading): number {
  return Math.max(1, Math.floor(effectiveCpus));
}

function isOtherConcurrency(from: Settings, to: Settings): boolean {
  return from.workers !== to.workers || from.threads !== to.threads;
}

function referenceOf(windows: readonly Window[]): Reference {
  return { windows, throughput: throughputOf(windows), pressure: medianOf(windows, pressureOf), idle: medianOf(windows, idleOf) };
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
