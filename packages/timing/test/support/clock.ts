import type { Clock } from '@otel-perf/metrics';

/** A clock that stands at `at`, in milliseconds. */
export function fakeClock(): Clock & { at: number } {
  return {
    at: 0,
    timeOrigin: 0,
    now() {
      return this.at;
    },
  };
}
