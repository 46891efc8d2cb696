import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { shippedDashboards } from './grafana/files.ts';
import { interpolate, parseLabelValues, type Choice } from './grafana/interpolate.ts';
import type { Dashboard, Target } from './grafana/dashboard.ts';
import { documentedMetrics } from './metric-names.ts';
import { describeWithServers } from './servers/available.ts';
import { startCollector } from './servers/collector.ts';
import type { RunningPrometheus } from './servers/prometheus.ts';
import { startShippedPrometheus } from './servers/shipped-prometheus.ts';
import { waitUntil } from './servers/wait-until.ts';
import { OPERATION, POOL, STAGE } from './service/record-everything.ts';
import { startService } from './service/service.ts';

/** `shop` pushes through the Collector; the other is scraped, under the name of the job in prometheus.yml. */
const PUSHING = 'shop';
const INSTANCE = 'shop-1.example';
const SCRAPED = 'service';

/** Each leaves data in every panel. */
const CHOICES: readonly Choice[] = [
  {},
  { job: [PUSHING], instance: [INSTANCE] },
  { job: [SCRAPED] },
  { job: [PUSHING, SCRAPED], operation: [OPERATION], pool: [POOL], stage: [STAGE] },
];

describeWithServers('dashboards, asked of a real Prometheus', ['collector', 'prometheus'], () => {
  const running: AsyncDisposable[] = [];
  let prometheus: RunningPrometheus;

  beforeAll(async () => {
    const collector = await startCollector('single');
    running.push(collector);
    const pushing = await startService({ name: PUSHING, instance: INSTANCE, otlpHttpUrl: collector.otlpHttpUrl });
    const scraped = await startService({ name: 'its job decides', instance: 'its address decides' });
    running.push(pushing, scraped);
    prometheus = await startShippedPrometheus({
      collectors: [`127.0.0.1:${collector.ports.prometheus}`],
      services: [scraped.address],
      collectorsThemselves: [`127.0.0.1:${collector.ports.self}`],
    });
    running.push(prometheus);
  });

  afterAll(async () => {
    for (const each of running.reverse()) await each[Symbol.asyncDispose]();
  });

  describe.each(shippedDashboards())('%s', (_, dashboard) => {
    const variables = dashboard.templating.list;

    test.each(variables.map((variable) => [variable.name, variable] as const))('$%s offers values', async (_, { query }) => {
      const { selector, label } = parseLabelValues(interpolate(query.query, variables, {}));
      await waitUntil(query.query, async () => (await prometheus.labelValues(label, selector)).length >= 2);
    });

    test.each(CHOICES.map((choice) => [JSON.stringify(choice), choice] as const))('every query has data with %s', async (_, choice) => {
      await waitUntil('data in every panel', async () => {
        const empty = await emptyTargets(prometheus, dashboard, choice);
        if (empty.length > 0) throw new Error(`no data:\n${empty.join('\n')}`);
        return true;
      });
    });
  });

  test.each(documentedMetrics())('$name of docs/metric-names.md is $inPrometheus', async ({ source, tags, inPrometheus }) => {
    const selector = `${inPrometheus}{otel_scope_name="${source}"${tags.map((tag) => `, ${tag.replaceAll('.', '_')}!=""`).join('')}}`;
    const series = await waitUntil(selector, async () => {
      const found = await prometheus.series(selector);
      return found.length > 0 && found;
    });
    expect(new Set(series.map(({ job }) => job))).toEqual(new Set([PUSHING, SCRAPED]));
  });

  test('no rule fails', async () => {
    await waitUntil('every rule to be evaluated', async () => (await prometheus.rules()).every(({ health }) => health !== 'unknown'));
    expect((await prometheus.rules()).filter(({ health }) => health !== 'ok')).toEqual([]);
  });
});

/** Panels whose query gives nothing, or nothing but zeros. */
async function emptyTargets(prometheus: RunningPrometheus, dashboard: Dashboard, choice: Choice): Promise<string[]> {
  const targets = dashboard.panels.flatMap(({ title, targets = [] }) => targets.map((target) => ({ title, target })));
  const found = await Promise.all(
    targets.map(async ({ title, target }) => {
      const expr = interpolate(target.expr, dashboard.templating.list, choice);
      return (await hasData(prometheus, target, expr)) ? undefined : `${title}: ${expr}`;
    }),
  );
  return found.filter((each) => each !== undefined);
}

async function hasData(prometheus: RunningPrometheus, { instant }: Target, expr: string): Promise<boolean> {
  if (instant === true) return (await prometheus.query(expr)).some(({ value }) => value > 0);
  const now = Date.now() / 1000;
  const ranges = await prometheus.queryRange(expr, now - 60, now, 5);
  return ranges.some(({ values }) => values.some(({ value }) => value > 0));
}
