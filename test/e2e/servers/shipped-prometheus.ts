import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPrometheus, type RunningPrometheus } from './prometheus.ts';

const folder = join(import.meta.dirname, '../../../otel-collector/prometheus');

/** `host:port` of what each job scrapes. Default nothing. */
export interface ShippedTargets {
  /** What a Collector passes on: its port for Prometheus. */
  collectors?: readonly string[];
  /** Services' own endpoints. */
  services?: readonly string[];
  /** What Collectors say of themselves. */
  collectorsThemselves?: readonly string[];
}

/** Runs Prometheus with the shipped configuration and rules, of which nothing but targets and intervals is changed. */
export async function startShippedPrometheus(targets: ShippedTargets, scrapeIntervalSeconds = 1): Promise<RunningPrometheus> {
  const rules = join(folder, 'rules');
  return startPrometheus({
    config: shippedConfig(targets, scrapeIntervalSeconds),
    ruleFiles: readdirSync(rules).map((name) => join(rules, name)),
  });
}

function shippedConfig({ collectors = [], services = [], collectorsThemselves = [] }: ShippedTargets, intervalSeconds: number): string {
  const list = (targets: readonly string[]) => `targets: ${JSON.stringify(targets)}`;
  const changes: readonly (readonly [string, string])[] = [
    ['targets: [127.0.0.1:8889]', list(collectors)],
    ['targets: [127.0.0.1:9464]', list(services)],
    ['targets: [127.0.0.1:8888, 127.0.0.1:8890]', list(collectorsThemselves)],
    ['scrape_interval: 15s', `scrape_interval: ${intervalSeconds}s`],
    ['evaluation_interval: 15s', `evaluation_interval: ${intervalSeconds}s`],
  ];
  let text = readFileSync(join(folder, 'prometheus.yml'), 'utf8');
  for (const [shipped, changed] of changes) {
    if (!text.includes(shipped))
      throw new Error(`prometheus.yml has no ${JSON.stringify(shipped)} any more: change shipped-prometheus.ts too`);
    text = text.replace(shipped, changed);
  }
  return text;
}
