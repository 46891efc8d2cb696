import type { Tracer } from '@opentelemetry/api';
import { getMetricsCollector, type CentralizedMetricsCollector } from '@otel-perf/metrics';
import { checkInteger, checkNumber, checkText } from '../model/options.ts';
import { Stages } from './stages.ts';

export interface PipelineOptions<In, Out> {
  /** What items go through, in order: `stage(…).into(…)`. */
  readonly stages: Stages<In, Out>;
  /**
   * The tag `pipeline.name` of its metrics; give pipelines that are open at once names of their own, since of those with one name counts are
   * added up, and of gauges the newest is heard. Default `default`.
   */
  readonly name?: string;
  /** How many items may wait in front of the first stage before `submit` refuses more. Default no limit: callers wait; at least 1. */
  readonly maxQueued?: number;
  /** Items whose times go into the metrics, about so many a second where there are more, chosen at random. Default 500; above 0. */
  readonly timedPerSecond?: number;
  /** Default the collector of the process. */
  readonly collector?: CentralizedMetricsCollector;
  /** Default one of the tracer provider that is registered when a run starts or an item is submitted; none without a provider. */
  readonly tracer?: Tracer;
}

export interface PipelineSettings<In, Out> {
  readonly stages: Stages<In, Out>;
  readonly name: string;
  readonly maxQueued: number;
  readonly timedPerSecond: number;
  readonly collector: CentralizedMetricsCollector;
  readonly tracer: Tracer | undefined;
}

/** @throws TypeError or RangeError that names the option and its bound. */
export function resolvePipelineOptions<In, Out>(options: PipelineOptions<In, Out>): PipelineSettings<In, Out> {
  const { stages, name = 'default', maxQueued, timedPerSecond = 500, collector = getMetricsCollector(), tracer } = options;
  if (!(stages instanceof Stages)) throw new TypeError('stages must be made by stage()');
  return {
    stages,
    name: checkText('name', name),
    maxQueued: maxQueued === undefined || maxQueued === Infinity ? Infinity : checkInteger('maxQueued', maxQueued, 1),
    timedPerSecond: checkNumber('timedPerSecond', timedPerSecond, Number.MIN_VALUE),
    collector,
    tracer,
  };
}
