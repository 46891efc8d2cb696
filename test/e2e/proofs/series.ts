import type { Labels } from '../servers/prometheus-api.ts';
import type { RunningPrometheus } from '../servers/prometheus.ts';

/** What the service itself says of a series. */
export interface Did {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

/**
 * What scraping and its configuration put on a series. Apart from these its labels are its own: the empty otel_scope_version and
 * otel_scope_schema_url, which the Collector writes, are no labels to Prometheus.
 */
const OF_SCRAPING = new Set(['__name__', 'job', 'instance', 'timed_operation']);

/** `name{label="value"}`, without the labels that scraping adds. */
export function keyOf(name: string, labels: Labels): string {
  const own = Object.entries(labels).filter(([label]) => !OF_SCRAPING.has(label));
  return `${name}{${own
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(',')}}`;
}

/** The value that each series of a job has now; not of those that Prometheus makes itself (`up`, recorded ones), nor of target_info. */
export async function seriesOf(prometheus: RunningPrometheus, job: string, more = ''): Promise<Record<string, number>> {
  const samples = await prometheus.query(`{job="${job}",otel_scope_name!="",__name__!~".*:.*|ALERTS.*"${more}}`);
  return Object.fromEntries(samples.map(({ labels, value }) => [keyOf(labels['__name__']!, labels), value]));
}

/** When a series was scraped last, in milliseconds of Unix time, as precisely as Prometheus has it. */
export async function lastScrape(prometheus: RunningPrometheus, selector: string): Promise<number> {
  const [scraped] = await prometheus.query(`max(timestamp(${selector}))`);
  return Math.round(scraped!.value * 1000);
}
