import { diag } from '@opentelemetry/api';
import { Conditions, type ConditionsSource } from '../sense/conditions.ts';
import type { ConditionsReading } from '../sense/reading.ts';
import { Climb } from './climb.ts';
import { CONSTRAINTS, CONSTRAINT_NAMES } from './constraints.ts';
import { settingThatDiffers, type Change, type ConstraintName, type Decision } from './decision.ts';
import { OptimizerMetrics } from './optimizer-metrics.ts';
import {
  checkPowerConstraint,
  checkThermalConstraint,
  resolveOptions,
  type AdaptiveOptimizerOptions,
  type Configuration,
} from './options.ts';
import type { Load, Settings, Tunable } from './tunable.ts';
import { Windows } from './window.ts';

/** Longest wait after settings could not be applied; it doubles from the cool-down each time. */
const MOST_BACK_OFF_SECONDS = 60;
const LEAST_BACK_OFF_SECONDS = 0.1;

export interface ConstraintStatus {
  readonly bound: number;
  /** Whether it now keeps threads or batches from being added. */
  readonly holding: boolean;
  /** Why it cannot act; absent where it can. */
  readonly cannotAct?: string;
}

export interface OptimizerStats {
  /** Cycles that were run. */
  readonly cycles: number;
  /** Mean time of a cycle, with what it applied; `undefined` before the first. */
  readonly averageAdaptationSeconds: number | undefined;
  /** Decisions that were made, more than are kept. */
  readonly decisions: number;
  /** Throughput as a share of what the settings gave when they were chosen; `undefined` until both are known. */
  readonly performance: number | undefined;
  /** Items a second in the last window. */
  readonly throughput: number | undefined;
  readonly p95Seconds: number | undefined;
  /** Of the last reading; `undefined` where the machine has no such sensor. */
  readonly powerWatts: number | undefined;
  readonly temperatureCelsius: number | undefined;
  readonly conditions: ConditionsReading | undefined;
}

/**
 * Keeps the settings of a pipeline at their best: measures what it does, reads the machine's conditions, and changes batch size, workers
 * and threads toward a target. How it searches, and after whom, is told at `Climb`; each option at `AdaptiveOptimizerOptions`.
 *
 * At most as many threads work at a time as there are processors for them, by quota and affinity. A pressure beyond its threshold has one
 * thread fewer tried at once; under a bound of the latency that is broken, before anything else. What is measured decides whether it stays:
 * for throughput alone, a share of a processor that a stranger uses too may still be worth having. Of the constraints, that of temperature,
 * power, memory and the event loop's delay, each takes away unasked.
 */
export class AdaptiveOptimizer implements Disposable {
  readonly #tunable: Tunable;
  readonly #configuration: Configuration;
  readonly #climb: Climb;
  readonly #windows: Windows;
  readonly #metrics: OptimizerMetrics;
  readonly #decisions: Decision[] = [];
  readonly #warned = new Set<string>();
  #conditions: ConditionsSource | undefined;
  #timer: NodeJS.Timeout | undefined;
  #cycle: Promise<Decision | undefined> | undefined;
  #closed = false;
  /** Before then nothing is measured or changed, in seconds of the clock. */
  #quietUntil = -Infinity;
  #failuresInARow = 0;
  #counts = { cycles: 0, seconds: 0, decisions: 0 };
  #lastConditions: ConditionsReading | undefined;
  #lastWindow: { readonly throughput: number; readonly p95Seconds: number | undefined } | undefined;

  /** @throws TypeError or RangeError for an option, naming it and its bound. */
  constructor(tunable: Tunable, options: AdaptiveOptimizerOptions = {}) {
    this.#tunable = tunable;
    this.#configuration = resolveOptions(options);
    const { rules, minItems, collector } = this.#configuration;
    this.#climb = new Climb(rules, tunable.settings, tunable.limits);
    this.#windows = new Windows(minItems);
    this.#metrics = new OptimizerMetrics(collector, () => ({ conditions: this.#lastConditions, performance: this.#climb.performance }));
  }

  /** Whether cycles run by themselves. */
  get running(): boolean {
    return this.#timer !== undefined;
  }

  get settings(): Settings {
    return this.#tunable.settings;
  }

  /** The newest `maxDecisions`, oldest first. */
  get decisions(): readonly Decision[] {
    return [...this.#decisions];
  }

  /** @throws TypeError or RangeError on setting, see the option. */
  get powerConstraint(): number {
    return this.#configuration.rules.powerConstraint;
  }

  set powerConstraint(share: number) {
    this.#configuration.rules.powerConstraint = checkPowerConstraint(share);
  }

  /** Degrees Celsius. @throws TypeError or RangeError on setting, see the option. */
  get thermalConstraint(): number {
    return this.#configuration.rules.thermalConstraint;
  }

  set thermalConstraint(celsius: number) {
    this.#configuration.rules.thermalConstraint = checkThermalConstraint(celsius);
  }

  /** What each constraint holds to, and whether it can: one whose sensor is absent cannot. Opens the sensors for it if they aren't open. */
  constraints(): Readonly<Record<ConstraintName, ConstraintStatus>> {
    const open = this.#conditions ?? this.#configuration.conditions;
    const sensors = open ?? new Conditions();
    const described = sensors.describe();
    if (open === undefined) sensors[Symbol.dispose]();
    const statuses = CONSTRAINT_NAMES.map((name): [ConstraintName, ConstraintStatus] => {
      const { sensor, bound } = CONSTRAINTS[name];
      const status = described[sensor];
      const held = { bound: bound(this.#configuration.rules), holding: this.#climb.holding.has(name) };
      if ('reason' in status) return [name, { ...held, cannotAct: status.reason }];
      const { power } = this.#lastConditions ?? {};
      return [
        name,
        name === 'power' && power?.limitWatts === undefined && power !== undefined
          ? { ...held, cannotAct: 'the machine tells no power limit' }
          : held,
      ];
    });
    return Object.fromEntries(statuses) as Record<ConstraintName, ConstraintStatus>;
  }

  stats(): OptimizerStats {
    const { cycles, seconds, decisions } = this.#counts;
    return {
      cycles,
      averageAdaptationSeconds: cycles === 0 ? undefined : seconds / cycles,
      decisions,
      performance: this.#climb.performance,
      throughput: this.#lastWindow?.throughput,
      p95Seconds: this.#lastWindow?.p95Seconds,
      powerWatts: this.#lastConditions?.power?.watts,
      temperatureCelsius: this.#lastConditions?.temperatureCelsius,
      conditions: this.#lastConditions,
    };
  }

  /**
   * Runs a cycle each `intervalSeconds`, by a timer that does not keep the process alive; one that takes longer has the next wait. What a
   * cycle throws is warned of once, through OpenTelemetry's `diag`. Again to no effect.
   * @throws Error once it was disposed of.
   */
  start(): void {
    this.#checkOpen();
    if (this.#timer !== undefined) return;
    this.#open();
    const run = (): void => {
      if (this.#cycle === undefined) this.adapt().catch((error: unknown) => this.#warn('a cycle', error));
    };
    this.#timer = setInterval(run, this.#configuration.intervalSeconds * 1000).unref();
  }

  /**
   * Ends the timer, waits for a cycle under way with what it applies, and closes the sensors. Settings stay as they are, those of a trial
   * too. Never rejects.
   */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#cycle?.catch(() => {});
    if (this.#timer === undefined) this.#close();
  }

  /**
   * Runs one cycle now, or waits for the one under way. Gives the decision that it made, if any: a failure to apply is one, and changes are
   * then put off, twice as long each time.
   * @throws what `read` of the pipeline throws; Error once it was disposed of.
   */
  adapt(): Promise<Decision | undefined> {
    this.#cycle ??= this.#run().finally(() => (this.#cycle = undefined));
    return this.#cycle;
  }

  /** Ends the timer and closes the sensors at once; what a cycle applies goes on, and no other begins. */
  [Symbol.dispose](): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#close();
  }

  async #run(): Promise<Decision | undefined> {
    this.#checkOpen();
    const startedAt = this.#configuration.clock.now();
    try {
      return await this.#step(this.#open(), startedAt / 1000);
    } finally {
      const seconds = Math.max(0, this.#configuration.clock.now() - startedAt) / 1000;
      this.#counts.cycles++;
      this.#counts.seconds += seconds;
      this.#metrics.time(seconds);
    }
  }

  async #step(sensors: ConditionsSource, now: number): Promise<Decision | undefined> {
    const load = this.#tunable.read();
    const conditions = sensors.read();
    this.#lastConditions = conditions;
    this.#climb.follow(this.#tunable.settings, this.#tunable.limits);
    if (now < this.#quietUntil) return undefined;
    const forced = this.#climb.constrain(conditions, now);
    if (forced !== undefined) return this.#apply(forced, load, conditions, now);
    const window = this.#windows.add(load, conditions);
    if (window === undefined) return undefined;
    this.#lastWindow = { throughput: window.throughput, p95Seconds: window.load.p95Seconds };
    const change = this.#climb.decide(window, now);
    return change && this.#apply(change, window.load, window.conditions, now);
  }

  async #apply({ to, reason }: Change, load: Load, conditions: ConditionsReading, now: number): Promise<Decision> {
    const { settings: from } = this.#tunable;
    const decided = { at: Date.now(), from, to, setting: settingThatDiffers(from, to), load, conditions };
    const { clock, coolDownSeconds } = this.#configuration;
    let decision: Decision;
    try {
      const startedAt = clock.now() / 1000;
      await this.#tunable.apply(to);
      const endedAt = clock.now() / 1000;
      this.#failuresInARow = 0;
      this.#climb.applied(to, endedAt - startedAt);
      this.#quietUntil = endedAt + coolDownSeconds;
      decision = { ...decided, reason };
    } catch (error) {
      this.#climb.refused(to, now);
      const wait = Math.max(LEAST_BACK_OFF_SECONDS, coolDownSeconds) * 2 ** ++this.#failuresInARow;
      this.#quietUntil = clock.now() / 1000 + Math.min(MOST_BACK_OFF_SECONDS, wait);
      decision = { ...decided, reason: 'apply_failed', error };
    }
    this.#windows.clear();
    this.#record(decision);
    // What was done until now was done with other settings, in part.
    this.#tunable.read();
    return decision;
  }

  #record(decision: Decision): void {
    const { maxDecisions, onDecision } = this.#configuration;
    this.#counts.decisions++;
    this.#decisions.push(decision);
    if (this.#decisions.length > maxDecisions) this.#decisions.shift();
    this.#metrics.count(decision);
    // An async function takes the rejection of an async callback too.
    if (onDecision !== undefined) void (async () => onDecision(decision))().catch((error: unknown) => this.#warn('onDecision', error));
  }

  /** Sensors, and a load that begins now. */
  #open(): ConditionsSource {
    if (this.#conditions === undefined) {
      // First, since it may throw.
      this.#tunable.read();
      this.#conditions = this.#configuration.conditions ?? new Conditions();
      this.#windows.clear();
      this.#metrics.observe();
    }
    return this.#conditions;
  }

  #close(): void {
    if (this.#conditions !== this.#configuration.conditions) this.#conditions?.[Symbol.dispose]();
    this.#conditions = undefined;
    this.#metrics.stop();
  }

  #checkOpen(): void {
    if (this.#closed) throw new Error('the optimizer was disposed of');
  }

  #warn(what: string, error: unknown): void {
    if (!this.#warned.has(what)) diag.warn(`otel-perf: ${what} of an optimizer failed; further failures are not reported`, error);
    this.#warned.add(what);
  }
}
