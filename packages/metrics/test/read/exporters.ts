import type { InstrumentType, MetricData, PushMetricExporter, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { AggregationTemporality } from '@opentelemetry/sdk-metrics';

type Done = Parameters<PushMetricExporter['export']>[1];

/** Keeps what it was given; how it answers is up to the test. */
export class TestExporter implements PushMetricExporter {
  readonly received: ResourceMetrics[] = [];
  readonly calls: string[] = [];
  /** Called for each export; by default it succeeds at once. */
  answer: (done: Done) => void = (done) => done({ code: 0 });
  selectAggregationTemporality?: (type: InstrumentType) => AggregationTemporality;

  constructor(temporality?: AggregationTemporality) {
    if (temporality !== undefined) this.selectAggregationTemporality = () => temporality;
  }

  export(metrics: ResourceMetrics, done: Done): void {
    this.calls.push('export');
    this.received.push(metrics);
    this.answer(done);
  }

  async forceFlush(): Promise<void> {
    this.calls.push('forceFlush');
  }

  async shutdown(): Promise<void> {
    this.calls.push('shutdown');
  }

  /** The values of a metric's data points, export by export. */
  values(name: string): unknown[][] {
    return this.received.map((each) => find(each, name)?.dataPoints.map(({ value }) => value) ?? []);
  }
}

export class DeltaExporter extends TestExporter {
  constructor() {
    super(AggregationTemporality.DELTA);
  }
}

export const fails = (done: Done) => done({ code: 1, error: new Error('no route to host') });

export function find({ scopeMetrics }: ResourceMetrics, name: string): MetricData | undefined {
  return scopeMetrics.flatMap(({ metrics }) => metrics).find(({ descriptor }) => descriptor.name === name);
}
