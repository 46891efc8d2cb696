import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Panel } from './grafana/dashboard.ts';
import { grafanaFolder, shippedDashboards } from './grafana/files.ts';
import { variablesIn } from './grafana/interpolate.ts';

const dashboards = shippedDashboards();

const provisioned = (file: string) => readFileSync(join(grafanaFolder, 'provisioning', file), 'utf8');

describe.each(dashboards)('%s', (_, dashboard) => {
  const { panels, templating } = dashboard;
  const shown = panels.filter(({ type }) => type !== 'row');
  const variables = templating.list.map(({ name }) => name);
  const queries = shown.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));

  test('every panel has an id of its own, a title, a unit and queries', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { title, fieldConfig, targets } of shown) {
      expect(title).toMatch(/\w/);
      expect(fieldConfig?.defaults.unit).toMatch(/\w/);
      expect(new Set(targets?.map(({ refId }) => refId)).size).toBe(targets!.length);
      expect(targets!.length).toBeGreaterThan(0);
    }
  });

  test('panels have different titles, and lie side by side within the 24 columns', () => {
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    for (const [i, { gridPos }] of panels.entries()) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      expect(panels.slice(i + 1).filter((other) => overlap(gridPos, other.gridPos))).toEqual([]);
    }
  });

  test('everything asks the shipped datasource', () => {
    const shipped = /^ +uid: (\S+)$/m.exec(provisioned('datasources/prometheus.yaml'))?.[1];
    const asked = [...shown, ...shown.flatMap(({ targets = [] }) => targets), ...templating.list].map(({ datasource }) => datasource);
    for (const datasource of asked) expect(datasource).toEqual({ type: 'prometheus', uid: shipped });
  });

  test('variables are those that queries use, each made from variables before it', () => {
    expect(new Set(queries.flatMap(variablesIn))).toEqual(new Set(variables));
    for (const [i, { query }] of templating.list.entries())
      expect(variables.slice(0, i)).toEqual(expect.arrayContaining(variablesIn(query.query)));
  });

  test('lines of one panel can be told apart', () => {
    for (const { targets = [] } of shown.filter(({ type }) => type === 'timeseries')) {
      expect(new Set(targets.map(({ legendFormat }) => legendFormat)).size).toBe(targets.length);
    }
  });
});

test('dashboards have addresses of their own', () => {
  expect(dashboards.map(([, { uid }]) => uid).sort()).toEqual(['otel-perf-memory-pool', 'otel-perf-pipeline', 'otel-perf-timing']);
});

test('Grafana looks for them where compose.yaml puts them', () => {
  const path = /^ +path: (\S+)$/m.exec(provisioned('dashboards/otel-perf.yaml'))?.[1];
  expect(readFileSync(join(grafanaFolder, '../compose.yaml'), 'utf8')).toContain(`- ./grafana/dashboards:${path}:ro`);
});

function overlap(a: Panel['gridPos'], b: Panel['gridPos']): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
