import { MetricType, type CentralizedMetricsCollector, type ObservedSeries } from '@otel-perf/metrics';
import type { ConditionsReading } from '../sense/reading.ts';
import type { Decision } from './decision.ts';

const SOURCE = 'cpu_pipeline';

/** What an optimizer has read and measured last. */
export interface LastReadings {
  readonly conditions: ConditionsReading | undefined;
  readonly performance: number | undefined;
}

type Metric = [name: string, type: MetricType, read: (reading: ConditionsReading) => number | undefined];

/** docs/metric-names.md describes them. One whose sensor is absent has no value. */
const OBSERVED: readonly Metric[] = [
  ['cpu_pipeline_effective_cpus', MetricType.CUSTOM, ({ effectiveCpus }) => effectiveCpus],
  ['cpu_pipeline_idle_cpus', MetricType.CUSTOM, ({ idleCpus }) => idleCpus],
  ['cpu_pipeline_cpu_pressure', MetricType.RATIO, ({ cpuPressure }) => cpuPressure?.some],
  ['cpu_pipeline_memory_pressure', MetricType.RATIO, ({ memoryPressure }) => memoryPressure?.some],
  ['cpu_pipeline_io_pressure', MetricType.RATIO, ({ ioPressure }) => ioPressure?.some],
  ['cpu_pipeline_throttling', MetricType.RATIO, ({ throttling }) => throttling?.share],
  ['cpu_pipeline_memory_use', MetricType.RATIO, ({ memory }) => memory?.share],
  ['cpu_pipeline_event_loop_delay_seconds', MetricType.CUSTOM, ({ eventLoop }) => eventLoop.delayP99Seconds],
  ['cpu_pipeline_event_loop_utilization', MetricType.RATIO, ({ eventLoop }) => eventLoop.utilization],
  ['cpu_pipeline_involuntary_switches_per_second', MetricType.CUSTOM, (reading) => reading.involuntarySwitchesPerSecond],
  ['cpu_pipeline_temperature_celsius', MetricType.CUSTOM, ({ temperatureCelsius }) => temperatureCelsius],
  ['cpu_pipeline_power_watts', MetricType.CUSTOM, ({ power }) => power?.watts],
  ['cpu_pipeline_frequency_hertz', MetricType.CUSTOM, ({ frequencyHertz }) => frequencyHertz],
];

/** The metrics of an optimizer: conditions as of its last reading, while it observes them, and its decisions. */
export class OptimizerMetrics {
  readonly #collector: CentralizedMetricsCollector;
  readonly #last: () => LastReadings;
  #observed: readonly ObservedSeries[] = [];

  constructor(collector: CentralizedMetricsCollector, last: () => LastReadings) {
    this.#collector = collector;
    this.#last = last;
  }

  observe(): void {
    if (this.#observed.length > 0) return;
    const observe = (name: string, type: MetricType, read: () => number | undefined): ObservedSeries =>
      this.#collector.observe({ name, type, source: SOURCE }, read);
    this.#observed = [
      ...OBSERVED.map(([name, type, read]) =>
        observe(name, type, () => {
          const { conditions } = this.#last();
          return conditions && read(conditions);
        }),
      ),
      observe('cpu_pipeline_performance', MetricType.RATIO, () => this.#last().performance),
    ];
  }

  stop(): void {
    for (const series of this.#observed) series.stop();
    this.#observed = [];
  }

  count({ setting, reason }: Decision): void {
    this.#collector
      .series({ name: 'cpu_pipeline_decisions', type: MetricType.COUNTER, source: SOURCE, tags: { setting, reason } })
      .record(1);
  }

  time(seconds: number): void {
    this.#collector.series({ name: 'cpu_pipeline_adaptation_time', type: MetricType.TIME, source: SOURCE }).record(seconds);
  }
}
