import type { Counter, Histogram, Meter } from '@opentelemetry/api';

/** Half a millisecond to ten seconds. */
const DURATION_BOUNDARIES = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What a reader reports about itself. */
export class ReaderMetrics {
  readonly #collections: Counter;
  readonly #duration: Histogram;
  readonly #collectionErrors: Counter;
  readonly #exportErrors: Counter;

  constructor(meter: Meter) {
    this.#collections = meter.createCounter('otel_perf.reader.collections', {
      unit: '{collection}',
      description: 'Collections by the reader.',
    });
    this.#duration = meter.createHistogram('otel_perf.reader.collection.duration', {
      unit: 's',
      description: 'How long a collection took.',
      advice: { explicitBucketBoundaries: DURATION_BOUNDARIES },
    });
    this.#collectionErrors = meter.createCounter('otel_perf.reader.collection.errors', {
      unit: '{error}',
      description: 'Callbacks and producers that failed or timed out in a collection.',
    });
    this.#exportErrors = meter.createCounter('otel_perf.export.errors', { unit: '{error}', description: 'Failed exports, by exporter.' });
  }

  collected(seconds: number, errors: number): void {
    this.#collections.add(1);
    this.#duration.record(seconds);
    if (errors > 0) this.#collectionErrors.add(errors);
  }

  exportFailed(exporter: string): void {
    this.#exportErrors.add(1, { exporter });
  }
}
