import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dashboard } from './dashboard.ts';

export const grafanaFolder = join(import.meta.dirname, '../../../otel-collector/grafana');

const folder = join(grafanaFolder, 'dashboards');

/** The shipped dashboards, by file name. */
export function shippedDashboards(): [name: string, dashboard: Dashboard][] {
  return readdirSync(folder).map((name) => [name, JSON.parse(readFileSync(join(folder, name), 'utf8')) as Dashboard]);
}
