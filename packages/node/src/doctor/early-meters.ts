import { watchRequired } from './api-copies.ts';
import { watchStandIn } from './stand-ins.ts';

/**
 * From now on notes the instruments that are made while there is no MeterProvider, as they never record: through this copy of the API, and
 * those that `require` has loaded already. `otel-perf doctor` sees those of every copy.
 */
export function watchEarlyMeters(): void {
  watchStandIn();
  watchRequired();
}
