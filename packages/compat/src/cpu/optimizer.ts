import { AdaptiveOptimizer, Conditions, type ConditionsReading, type Decision, type Tunable } from '@otel-perf/cpu-pipeline';
import { MetricType } from '@otel-perf/metrics';
import { check_power_constraint, check_thermal_constraint } from './checks.ts';
import { AdvancedCPUOptimizationConfig, type CPUOptimizationOptions } from './config.ts';
import { IntelOptimizedPipeline } from './pipeline.ts';
import { Recorder, seconds_since, Totals } from './recorder.ts';

export interface AdaptiveOptions {
  /** What is tuned, if its model is an ONNX model. Without one, conditions are read and recorded. */
  pipeline?: IntelOptimizedPipeline<unknown>;
}

/** `null` where there is no pipeline to tune, or none that runs. */
export interface OptimizationParams {
  /** Rows that the model gets at a time. */
  batch_size: number | null;
  /** Worker threads. */
  num_workers: number | null;
  /** Threads within one operator, of each worker. */
  num_threads: number | null;
  performance_target: number;
  /** Share of the processor's power limit. */
  power_constraint: number;
  /** Degrees Celsius. */
  thermal_constraint: number;
  memory_threshold: number;
  /** Seconds. */
  adaptation_frequency: number;
}

/** Of the last cycle, unless the name says otherwise; `null` where it is not known, or the machine has no such sensor. */
export interface OptimizerMetrics {
  /** Cycles that were run. */
  adaptation_count: number;
  /** Cycles that failed. */
  failure_count: number;
  /** What the last of these failed with. */
  last_error: string | null;
  /** Seconds, of all cycles. */
  total_adaptation_time: number;
  avg_adaptation_time: number;
  /** Changes of settings, since the start. */
  decision_count: number;
  /** As `Decision` of cpu-pipeline says it. */
  last_decision: Pick<Decision, 'setting' | 'reason'> | null;
  /** Watts. */
  power: number | null;
  /** Degrees Celsius. */
  temperature: number | null;
  /** Throughput as a share of what the settings gave when they were chosen. */
  performance: number | null;
  /** Requests a second. */
  throughput: number | null;
  /** Seconds, 95 % of the requests took no longer. */
  p95_time: number | null;
}

/** Keeps a pipeline at its best by what it measures and by the machine's real conditions; see `AdaptiveOptimizer` of cpu-pipeline. */
export class AdaptiveIntelOptimizer implements AsyncDisposable {
  readonly config: AdvancedCPUOptimizationConfig;
  readonly #recorder = new Recorder('adaptive_intel_optimizer');
  readonly #cycles = new Totals();
  #pipeline: IntelOptimizedPipeline<unknown> | undefined;
  #power_constraint: number;
  #thermal_constraint: number;
  #conditions: Conditions | undefined;
  #timer: NodeJS.Timeout | undefined;
  #cycle: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  #optimizer: AdaptiveOptimizer | undefined;
  #tunable: Tunable | undefined;
  #reading: ConditionsReading | undefined;
  #decisions = 0;
  #last_decision: Decision | undefined;
  #failures = 0;
  #last_error: string | null = null;

  /** @throws TypeError or RangeError that names the option and its bounds. */
  constructor(config: CPUOptimizationOptions = {}, { pipeline }: AdaptiveOptions = {}) {
    this.config = AdvancedCPUOptimizationConfig.from(config);
    this.#power_constraint = this.config.power_constraint;
    this.#thermal_constraint = this.config.thermal_constraint;
    if (pipeline !== undefined) this.bind_pipeline(pipeline);
  }

  /** From the next cycle on this is what is tuned. @throws TypeError for what is no pipeline. */
  bind_pipeline(pipeline: IntelOptimizedPipeline<unknown>): void {
    if (!(pipeline instanceof IntelOptimizedPipeline))
      throw new TypeError(`pipeline must be an IntelOptimizedPipeline, not ${String(pipeline)}`);
    this.#pipeline = pipeline;
  }

  /** A cycle each `adaptation_frequency`, by a timer that does not keep the process alive. Again to no effect. */
  start_adaptation(): void {
    if (this.#timer !== undefined) return;
    const adapt = (): void => {
      this.#cycle ??= this.#adapt().finally(() => (this.#cycle = undefined));
    };
    this.#timer = setInterval(adapt, this.config.adaptation_frequency * 1e3).unref();
  }

  /** Ends the timer, waits for a cycle under way and closes the sensors. Settings stay as they are. */
  async stop_adaptation(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#stopping ??= this.#stop().finally(() => (this.#stopping = undefined));
    await this.#stopping;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop_adaptation();
  }

  /** Share of the processor's power limit that may be drawn. @throws TypeError or RangeError that names the bounds. */
  set_power_constraint(power_constraint: number): void {
    this.#power_constraint = check_power_constraint(power_constraint);
    if (this.#optimizer !== undefined) this.#optimizer.powerConstraint = power_constraint;
  }

  /** Degrees Celsius. @throws TypeError or RangeError that names the bounds. */
  set_thermal_constraint(thermal_constraint: number): void {
    this.#thermal_constraint = check_thermal_constraint(thermal_constraint);
    if (this.#optimizer !== undefined) this.#optimizer.thermalConstraint = thermal_constraint;
  }

  get_optimization_params(): OptimizationParams {
    const settings = this.#current_tunable()?.settings;
    return {
      batch_size: settings?.batchSize ?? null,
      num_workers: settings?.workers ?? null,
      num_threads: settings?.threads ?? null,
      performance_target: this.config.performance_target,
      power_constraint: this.#power_constraint,
      thermal_constraint: this.#thermal_constraint,
      memory_threshold: this.config.memory_threshold,
      adaptation_frequency: this.config.adaptation_frequency,
    };
  }

  get_performance_metrics(): OptimizerMetrics {
    const stats = this.#optimizer?.stats();
    return {
      adaptation_count: this.#cycles.count,
      failure_count: this.#failures,
      last_error: this.#last_error,
      total_adaptation_time: this.#cycles.seconds,
      avg_adaptation_time: this.#cycles.average,
      decision_count: this.#decisions,
      last_decision:
        this.#last_decision === undefined ? null : { setting: this.#last_decision.setting, reason: this.#last_decision.reason },
      power: this.#reading?.power?.watts ?? null,
      temperature: this.#reading?.temperatureCelsius ?? null,
      performance: stats?.performance ?? null,
      throughput: stats?.throughput ?? null,
      p95_time: stats?.p95Seconds ?? null,
    };
  }

  /** Never rejects: what a cycle fails with is in the metrics. */
  async #adapt(): Promise<void> {
    const started_at = performance.now();
    let failure: { readonly error: unknown } | undefined;
    try {
      this.#conditions ??= new Conditions();
      await this.#read(this.#conditions);
    } catch (error) {
      failure = { error };
      this.#failures++;
      this.#last_error = String(error);
    }
    const seconds = seconds_since(started_at);
    this.#cycles.add(seconds);
    this.#recorder.time('adaptation_time', seconds, failure);
    this.#recorder.count('adaptation_cycles');
  }

  async #read(conditions: Conditions): Promise<void> {
    this.#follow(this.#current_tunable(), conditions);
    const optimizer = this.#tunable === undefined ? undefined : this.#optimizer;
    if (optimizer === undefined) this.#reading = conditions.read();
    else {
      await optimizer.adapt();
      this.#reading = optimizer.stats().conditions;
    }
    this.#record('power', MetricType.CUSTOM, this.#reading?.power?.watts);
    this.#record('temperature', MetricType.CUSTOM, this.#reading?.temperatureCelsius);
    this.#record('performance', MetricType.RATIO, optimizer?.stats().performance);
  }

  /** A pipeline that was started anew is something else to tune. */
  #follow(tunable: Tunable | undefined, conditions: Conditions): void {
    if (tunable === this.#tunable) return;
    this.#optimizer?.[Symbol.dispose]();
    this.#tunable = tunable;
    this.#optimizer =
      tunable &&
      new AdaptiveOptimizer(tunable, {
        intervalSeconds: this.config.adaptation_frequency,
        performanceTarget: this.config.performance_target,
        powerConstraint: this.#power_constraint,
        thermalConstraint: this.#thermal_constraint,
        memoryThreshold: this.config.memory_threshold,
        conditions,
        onDecision: (decision) => {
          this.#decisions++;
          this.#last_decision = decision;
        },
      });
  }

  #record(name: string, type: MetricType, value: number | undefined): void {
    if (value !== undefined) this.#recorder.record(name, type, value);
  }

  #current_tunable(): Tunable | undefined {
    return this.#pipeline && IntelOptimizedPipeline.tunable(this.#pipeline);
  }

  async #stop(): Promise<void> {
    await this.#cycle;
    if (this.#timer !== undefined) return;
    await this.#optimizer?.stop();
    this.#tunable = undefined;
    this.#conditions?.close();
    this.#conditions = undefined;
  }
}
