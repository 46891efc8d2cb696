import { diag, type Counter, type Meter } from '@opentelemetry/api';

/** Why a measurement was dropped: it was NaN or infinite, or the arena has no room left, not even for the overflow series. */
export type LossReason = 'not_finite' | 'no_room';

/** The instrumentation scope of the provider's metrics about itself. */
export const SELF_SCOPE = '@otel-perf/meter-provider';

const REMEMBERED = 1000;

/** Counts what was dropped in a metric of the provider itself, and warns of it once per instrument and reason. */
export class Losses {
  readonly #meter: () => Meter;
  readonly #warned = new Set<string>();
  #counter: Counter | undefined;
  #isCounting = false;

  constructor(meter: () => Meter) {
    this.#meter = meter;
  }

  drop(reason: LossReason, instrument: string, detail: string): void {
    this.#warn(
      `${reason}\0${instrument}`,
      `otel-perf: dropped a measurement of ${JSON.stringify(instrument)}: ${detail}; further ones are only counted`,
    );
    this.#count(1, reason);
  }

  /** Makes the series of what is dropped for want of room, which needs room. */
  prepare(): void {
    this.#count(0, 'no_room');
  }

  #count(count: number, reason: LossReason): void {
    // Where there is no room, there may be none for the count either.
    if (this.#isCounting) return;
    this.#isCounting = true;
    this.#counter ??= this.#meter().createCounter('otel_perf.meter_provider.dropped', {
      unit: '{measurement}',
      description: 'Measurements that the meter provider dropped, by reason.',
    });
    this.#counter.add(count, { reason });
    this.#isCounting = false;
  }

  #warn(key: string, message: string): void {
    if (this.#warned.has(key) || this.#warned.size >= REMEMBERED) return;
    this.#warned.add(key);
    diag.warn(message);
  }
}
