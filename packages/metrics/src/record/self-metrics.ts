import type { Meter } from '@opentelemetry/api';
import type { Losses } from './losses.ts';

/** Reports `losses` through observable counters: nothing is paid until a reader collects. */
export function observeLosses(meter: Meter, losses: Losses): void {
  meter
    .createObservableCounter('otel_perf.measurements.dropped', {
      unit: '{measurement}',
      description: 'Measurements that were refused, by reason.',
    })
    .addCallback((result) => {
      for (const [reason, count] of losses.dropped) result.observe(count, { reason });
    });
  meter
    .createObservableCounter('otel_perf.measurements.skipped', {
      unit: '{measurement}',
      description: 'Measurements left out by a sampling ratio or a minimum interval, by reason.',
    })
    .addCallback((result) => {
      for (const [reason, count] of losses.skipped) result.observe(count, { reason });
    });
  meter
    .createObservableCounter('otel_perf.measurements.overflowed', {
      unit: '{measurement}',
      description: 'Measurements recorded in the overflow series of their metric.',
    })
    .addCallback((result) => {
      if (losses.overflowed > 0) result.observe(losses.overflowed);
    });
}
