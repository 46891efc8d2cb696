import { createNoopMeter, type Meter, type ObservableResult } from '@opentelemetry/api';
import type { Losses } from './losses.ts';

/** What is reported through a meter: of two callbacks that observe the same attributes, only the last would count. */
const reported = new WeakMap<Meter, Losses[]>();

/** Reports `losses`, added up with those of other collectors, through observable counters: nothing is paid until a reader collects. */
export function observeLosses(meter: Meter, losses: Losses): void {
  // The one of a process without a provider lives for ever.
  if (meter === createNoopMeter()) return;
  const known = reported.get(meter);
  if (known === undefined) {
    const all = [losses];
    reported.set(meter, all);
    report(meter, all);
  } else known.push(losses);
}

function report(meter: Meter, all: readonly Losses[]): void {
  meter
    .createObservableCounter('otel_perf.measurements.dropped', {
      unit: '{measurement}',
      description: 'Measurements that were refused, by reason.',
    })
    .addCallback((result) => observeByReason(result, all, 'dropped'));
  meter
    .createObservableCounter('otel_perf.measurements.skipped', {
      unit: '{measurement}',
      description: 'Measurements left out by a sampling ratio or a minimum interval, by reason.',
    })
    .addCallback((result) => observeByReason(result, all, 'skipped'));
  meter
    .createObservableCounter('otel_perf.measurements.overflowed', {
      unit: '{measurement}',
      description: 'Measurements recorded in the overflow series of their metric.',
    })
    .addCallback((result) => {
      const overflowed = all.reduce((sum, losses) => sum + losses.overflowed, 0);
      if (overflowed > 0) result.observe(overflowed);
    });
}

function observeByReason(result: ObservableResult, all: readonly Losses[], kind: 'dropped' | 'skipped'): void {
  const totals = new Map<string, number>();
  for (const losses of all) for (const [reason, count] of losses[kind]) totals.set(reason, (totals.get(reason) ?? 0) + count);
  for (const [reason, count] of totals) result.observe(count, { reason });
}
