import { checkFlag } from '../../options/check.ts';
import type { Environment } from '../../options/environment.ts';
import type { Problems } from '../../problems.ts';
import type { EndpointSettings } from '../endpoint-options.ts';
import { isLoopback } from './loopback.ts';
import { ICON_PATH, PAGE_PATH, PICTURE_PATH } from './paths.ts';

/** What decides whether there can be a page; `undefined` where there is no endpoint. */
export type PageHost = Pick<EndpointSettings, 'host' | 'path' | 'bearerToken'> | undefined;

/**
 * Whether the page is to be served. Where it is wanted and cannot be, for what a variable says, that is told.
 * @param endpoint as variables and options have it.
 * @param byOptions as the options alone have it: the caller's mistake, where it cannot have a page.
 * @throws TypeError for what is no flag. @throws RangeError for an endpoint that cannot have it.
 */
export function resolvePage(
  option: boolean,
  endpoint: PageHost,
  byOptions: () => PageHost,
  environment: Environment,
  problems: Problems,
): boolean {
  const isWanted = environment.flag('OTEL_PERF_PAGE') ?? checkFlag('page', option);
  const lack = isWanted ? lackOf(endpoint) : undefined;
  if (lack === undefined) return isWanted;
  if (option && lackOf(byOptions()) !== undefined) throw new RangeError(`page needs ${lack}`);
  problems.tell('no-page', `No page is served beside the metrics: it needs ${lack}.`);
  return false;
}

/** Why the page would be unsafe, or could not be: what it needs. */
function lackOf(endpoint: PageHost): string | undefined {
  if (endpoint === undefined) return 'the endpoint of prometheus, beside which it is served (OTEL_METRICS_EXPORTER has a say in it)';
  const { host, path, bearerToken } = endpoint;
  if (!isLoopback(host)) {
    return `a prometheus.host that this machine alone reaches, such as 127.0.0.1, not ${JSON.stringify(host)} (OTEL_EXPORTER_PROMETHEUS_HOST)`;
  }
  if (bearerToken !== undefined) {
    return 'an endpoint without prometheus.bearerToken (OTEL_PERF_PROMETHEUS_TOKEN), which a browser that asks for the page does not send';
  }
  const own = [PAGE_PATH, PICTURE_PATH, ICON_PATH];
  return own.includes(path) ? `${own.join(', ')} for itself: prometheus.path (OTEL_PERF_PROMETHEUS_PATH) must be another` : undefined;
}
