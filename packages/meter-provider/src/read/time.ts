import type { HrTime } from '@opentelemetry/api';

/** Unix time in milliseconds, as the SDK writes times. */
export function hrTime(millis: number): HrTime {
  const seconds = Math.trunc(millis / 1000);
  return [seconds, Math.round((millis - seconds * 1000) * 1e6)];
}
