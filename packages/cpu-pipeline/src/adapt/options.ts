import type { Clock, CentralizedMetricsCollector } from '@otel-perf/metrics';
import { getMetricsCollector } from '@otel-perf/metrics';
import { checkInteger, checkNumber } from '../model/options.ts';
import type { ConditionsSource } from '../sense/conditions.ts';
import type { Decision } from './decision.ts';

/** Most items a second, or most of those whose 95th percentile from end to end stays at or below a bound. */
export type Target = 'throughput' | { readonly p95BelowSeconds: number };

export interface AdaptiveOptimizerOptions {
  /** Default `throughput`. */
  readonly target?: Target;
  /** Time from one cycle to the next. Default 0.1 s; from 0.01 to 3600. */
  readonly intervalSeconds?: number;
  /**
   * Share of the throughput that a setting gave when it was chosen. Twenty windows whose median is below it, or as far above it, by more
   * than their noise, and the machine counts as changed: settings are open to be tried anew, but for workers and threads that lost by far
   * as long as pressure and idle processors are as before. Default 0.8; from 0.1 to 0.99.
   */
  readonly performanceTarget?: number;
  /**
   * Share of the long-term power limit of the processor packages that may be drawn; beyond it threads are taken away. Cannot act where the
   * machine tells no power or no limit. Default 0.9; from 0.01 to 1.
   */
  readonly powerConstraint?: number;
  /** Degrees Celsius of the processor; beyond it threads are taken away. Cannot act without a sensor. Default 75; from 1 to 150. */
  readonly thermalConstraint?: number;
  /** Share of the memory, of the cgroup's or the machine's; beyond it batches get smaller, then workers fewer. Default 0.8; from 0.01 to 1. */
  readonly memoryThreshold?: number;
  /**
   * The event loop's delay (99th percentile) beyond which threads are taken away, if there is a thread too many by pressure or throttling
   * too: otherwise this thread itself is what takes so long. Default 0.1 s; from 0.001 to 60.
   */
  readonly eventLoopThresholdSeconds?: number;
  /** Share of the time in which tasks waited for a processor, beyond which there is a thread too many. Default 0.2; from 0.01 to 1. */
  readonly pressureThreshold?: number;
  /** Share of the scheduler's periods that used up the cgroup's quota, beyond which there is a thread too many. Default 0.2; from 0.01 to 1. */
  readonly throttlingThreshold?: number;
  /** After a change nothing is measured or changed for so long. Default 0.2 s; from 0 to 3600. */
  readonly coolDownSeconds?: number;
  /**
   * Once all is tried, one setting is tried again in so long, or later, so that it costs no more than a hundredth of the throughput. Default
   * 15 s; from 1 to 86,400.
   */
  readonly reprobeSeconds?: number;
  /** Items that a window needs to count; cycles are put together until there are as many. Default 20; at least 1. */
  readonly minItems?: number;
  /** How many decisions are kept, the newest. Default 200; from 1 to 100,000. */
  readonly maxDecisions?: number;
  /** Told of each decision. What it throws is warned of once, through OpenTelemetry's `diag`. */
  readonly onDecision?: (decision: Decision) => void;
  /** Where conditions come from. Default the machine's own sensors, open while the optimizer runs; others stay their owner's to close. */
  readonly conditions?: ConditionsSource;
  /** Default the collector of the process. */
  readonly collector?: CentralizedMetricsCollector;
  /** For tests. */
  readonly clock?: Clock;
}

/** What the climb goes by; the two constraints can be changed while it runs. */
export interface Rules {
  /** `undefined` for throughput alone. */
  readonly p95BelowSeconds: number | undefined;
  readonly performanceTarget: number;
  powerConstraint: number;
  thermalConstraint: number;
  readonly memoryThreshold: number;
  readonly eventLoopThresholdSeconds: number;
  readonly pressureThreshold: number;
  readonly throttlingThreshold: number;
  readonly reprobeSeconds: number;
}

export interface Configuration {
  readonly rules: Rules;
  readonly intervalSeconds: number;
  readonly coolDownSeconds: number;
  readonly minItems: number;
  readonly maxDecisions: number;
  readonly onDecision: ((decision: Decision) => void) | undefined;
  readonly conditions: ConditionsSource | undefined;
  readonly collector: CentralizedMetricsCollector;
  readonly clock: Pick<Clock, 'now'>;
}

/** @throws TypeError or RangeError that names the option and its bound. */
export function resolveOptions(options: AdaptiveOptimizerOptions): Configuration {
  const { onDecision, conditions, clock = performance } = options;
  if (onDecision !== undefined && typeof onDecision !== 'function') throw new TypeError(`onDecision must be a function, not ${onDecision}`);
  return {
    rules: {
      p95BelowSeconds: resolveTarget(options.target ?? 'throughput'),
      performanceTarget: checkNumber('performanceTarget', options.performanceTarget ?? 0.8, 0.1, 0.99),
      powerConstraint: checkPowerConstraint(options.powerConstraint ?? 0.9),
      thermalConstraint: checkThermalConstraint(options.thermalConstraint ?? 75),
      memoryThreshold: checkNumber('memoryThreshold', options.memoryThreshold ?? 0.8, 0.01, 1),
      eventLoopThresholdSeconds: checkNumber('eventLoopThresholdSeconds', options.eventLoopThresholdSeconds ?? 0.1, 0.001, 60),
      pressureThreshold: checkNumber('pressureThreshold', options.pressureThreshold ?? 0.2, 0.01, 1),
      throttlingThreshold: checkNumber('throttlingThreshold', options.throttlingThreshold ?? 0.2, 0.01, 1),
      reprobeSeconds: checkNumber('reprobeSeconds', options.reprobeSeconds ?? 15, 1, 86_400),
    },
    intervalSeconds: checkNumber('intervalSeconds', options.intervalSeconds ?? 0.1, 0.01, 3600),
    coolDownSeconds: checkNumber('coolDownSeconds', options.coolDownSeconds ?? 0.2, 0, 3600),
    minItems: checkInteger('minItems', options.minItems ?? 20, 1),
    maxDecisions: checkInteger('maxDecisions', options.maxDecisions ?? 200, 1, 100_000),
    onDecision,
    conditions,
    collector: options.collector ?? getMetricsCollector(),
    clock,
  };
}

export function checkPowerConstraint(value: number): number {
  return checkNumber('powerConstraint', value, 0.01, 1);
}

export function checkThermalConstraint(value: number): number {
  return checkNumber('thermalConstraint', value, 1, 150);
}

function resolveTarget(target: Target): number | undefined {
  if (target === 'throughput') return undefined;
  if (typeof target !== 'object' || target === null)
    throw new TypeError(`target must be "throughput" or { p95BelowSeconds }, not ${String(target)}`);
  return checkNumber('target.p95BelowSeconds', target.p95BelowSeconds, 1e-6, 3600);
}
