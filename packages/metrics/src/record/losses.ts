import { diag } from '@opentelemetry/api';

/** Why a measurement was dropped. */
export type DropReason = 'not_a_number' | 'not_finite' | 'negative' | 'name_limit' | 'unreadable' | 'instrument_error';

/** Why a good measurement was left out on purpose. */
export type SkipReason = 'sampled' | 'interval';

const REMEMBERED = 1000;

/** Counts what did not reach the metrics, and warns of it once per metric and reason. */
export class Losses {
  readonly dropped = new Map<DropReason, number>();
  readonly skipped = new Map<SkipReason, number>();
  /** Measurements that went into the overflow series of their metric. */
  overflowed = 0;
  readonly #warned = new Set<string>();

  drop(reason: DropReason, name: string, detail: string): void {
    increment(this.dropped, reason);
    this.warnOnce(
      `${reason}\0${name}`,
      `otel-perf: dropped a measurement of ${JSON.stringify(name)}: ${detail}; further ones are only counted`,
    );
  }

  skip(reason: SkipReason): void {
    increment(this.skipped, reason);
  }

  warnOnce(key: string, message: string): void {
    if (this.#warned.has(key) || this.#warned.size >= REMEMBERED) return;
    this.#warned.add(key);
    diag.warn(message);
  }
}

function increment<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
