import type { ConditionsReading, SensorName } from '../sense/reading.ts';
import type { ConstraintName, CrowdingReason } from './decision.ts';
import type { Rules } from './options.ts';

/** Nothing is added again before a reading is below this share of its bound. */
const RELEASE = 0.95;
const RELEASE_CELSIUS = 3;
/** What involuntary switches count as too many where there is no pressure information, for each processor and second. Coarse. */
const SWITCHES_PER_CPU = 100;

interface Constraint {
  readonly sensor: SensorName;
  read(reading: ConditionsReading, rules: Rules): number | undefined;
  /** In the reading's unit. */
  bound(rules: Rules): number;
  release(bound: number): number;
}

const byShare = (bound: number): number => bound * RELEASE;

/** In the order in which they are heard. */
export const CONSTRAINTS: Readonly<Record<ConstraintName, Constraint>> = {
  temperature: {
    sensor: 'temperatureCelsius',
    read: ({ temperatureCelsius }) => temperatureCelsius,
    bound: ({ thermalConstraint }) => thermalConstraint,
    release: (bound) => bound - RELEASE_CELSIUS,
  },
  power: {
    sensor: 'power',
    read: ({ power }) => (power?.limitWatts === undefined ? undefined : power.watts / power.limitWatts),
    bound: ({ powerConstraint }) => powerConstraint,
    release: byShare,
  },
  memory: {
    sensor: 'memory',
    read: ({ memory }) => memory?.share,
    bound: ({ memoryThreshold }) => memoryThreshold,
    release: byShare,
  },
  event_loop_delay: {
    sensor: 'eventLoop',
    // Without crowding the thread itself is what is late, and fewer others would not help it.
    read: (reading, rules) => (crowding(reading, rules) === undefined ? undefined : reading.eventLoop.delayP99Seconds),
    bound: ({ eventLoopThresholdSeconds }) => eventLoopThresholdSeconds,
    release: byShare,
  },
};

export const CONSTRAINT_NAMES: readonly ConstraintName[] = Object.keys(CONSTRAINTS) as ConstraintName[];

/** Which constraints are broken, and which hold growth back. One reading may be chance: two in a row count. */
export class ConstraintWatch {
  readonly #rules: Rules;
  readonly #inARow = new Map<ConstraintName, number>();
  readonly #holding = new Set<ConstraintName>();

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  /** Broken or not yet well below its bound: nothing is added that would break it again. */
  get holding(): ReadonlySet<ConstraintName> {
    return this.#holding;
  }

  /** Takes a reading, and gives the first that two in a row have broken. An absent sensor's never is. */
  broken(reading: ConditionsReading): ConstraintName | undefined {
    let first: ConstraintName | undefined;
    for (const name of CONSTRAINT_NAMES) {
      const { read, bound, release } = CONSTRAINTS[name];
      const [value, most] = [read(reading, this.#rules), bound(this.#rules)];
      const inARow = value !== undefined && value > most ? (this.#inARow.get(name) ?? 0) + 1 : 0;
      this.#inARow.set(name, inARow);
      if (inARow > 0) this.#holding.add(name);
      else if (value === undefined || value <= release(most)) this.#holding.delete(name);
      if (inARow >= 2) first ??= name;
    }
    return first;
  }

  /** After a change: what is broken has to be broken twice again. */
  restart(): void {
    this.#inARow.clear();
  }
}

/**
 * Whether there are more threads than processors' time for them. How busy the processors are doesn't tell: they are just as busy with
 * threads that wait for each other. The pressure does: it is near 0 where all fits, near a half with one thread too many.
 */
export function crowding(reading: ConditionsReading, rules: Rules): CrowdingReason | undefined {
  const { throttling, cpuPressure, involuntarySwitchesPerSecond, effectiveCpus } = reading;
  if (throttling !== undefined && throttling.share > rules.throttlingThreshold) return 'throttling';
  if (cpuPressure !== undefined) return cpuPressure.some > rules.pressureThreshold ? 'cpu_pressure' : undefined;
  const switches = involuntarySwitchesPerSecond ?? 0;
  return switches > SWITCHES_PER_CPU * effectiveCpus ? 'context_switches' : undefined;
}
