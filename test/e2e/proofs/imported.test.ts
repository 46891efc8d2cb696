import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Metric, MetricsReport } from '@otel-perf/metrics';
import { commandOf } from '../../../scripts/servers.mjs';
import { describeWithServers } from '../servers/available.ts';
import { fromCsv, fromJson, fromPrometheus, type HttpCounts } from './http-counts.ts';
import { ANSWERS, observe, type Observed } from './observed.ts';
import { REGISTER } from './program.ts';

jest.setTimeout(120_000);

const AUTO = '@opentelemetry/auto-instrumentations-node';

/** As in a flat node_modules `@opentelemetry/instrumentation/hook.mjs`: it patches ECMAScript modules. */
const hook = createRequire(createRequire(import.meta.url).resolve(AUTO)).resolve('@opentelemetry/instrumentation/hook.mjs');
const LOADER = ['--disable-warning=ExperimentalWarning', `--experimental-loader=${pathToFileURL(hook).href}`];

const asOurs: Way = { preload: REGISTER, env: { OTEL_PERF_INSTRUMENTATIONS: 'auto' } };
const asOursWithLoader: Way = { ...asOurs, preload: [...LOADER, ...asOurs.preload] };
const beside: Way = { preload: [...REGISTER, '--import', `${AUTO}/register`], env: {} };
const besideWithLoader: Way = { ...beside, preload: [...LOADER, ...beside.preload] };

interface Way {
  readonly preload: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const { hello, items, failed, missing } = ANSWERS;
const ROUTES: HttpCounts = { '/hello 200': hello, '/items/:id 200': items, '/items/:id 500': failed, ' 404': missing };
const NO_ROUTES: HttpCounts = { ' 200': hello + items, ' 500': failed, ' 404': missing };

/**
 * The instrumentation of HTTP knows requests and statuses, that of a framework the routes. The package has none for Fastify. Express as an
 * ES module is not seen without the hook, which the first way brings along.
 */
describe.each<[service: string, how: string, script: string, way: Way, expected: HttpCounts]>([
  ['Express in CommonJS', 'by OTEL_PERF_INSTRUMENTATIONS', 'plain-express.cjs', asOurs, ROUTES],
  ['Express in CommonJS', 'beside auto-instrumentations-node', 'plain-express.cjs', beside, ROUTES],
  ['Express in ES modules', 'by OTEL_PERF_INSTRUMENTATIONS', 'plain-express.mjs', asOurs, ROUTES],
  ['Express in ES modules', 'by OTEL_PERF_INSTRUMENTATIONS, with the loader', 'plain-express.mjs', asOursWithLoader, ROUTES],
  ['Express in ES modules', 'beside auto-instrumentations-node', 'plain-express.mjs', beside, NO_ROUTES],
  ['Express in ES modules', 'beside auto-instrumentations-node, with the loader', 'plain-express.mjs', besideWithLoader, ROUTES],
  ['Fastify in ES modules', 'by OTEL_PERF_INSTRUMENTATIONS', 'plain-fastify.mjs', asOurs, NO_ROUTES],
  ['Fastify in ES modules', 'beside auto-instrumentations-node', 'plain-fastify.mjs', beside, NO_ROUTES],
  ['Fastify in ES modules', 'beside auto-instrumentations-node, with the loader', 'plain-fastify.mjs', besideWithLoader, NO_ROUTES],
])('what another library records in %s, %s,', (_service, _how, script, { preload, env }, expected) => {
  let seen: Observed;

  beforeAll(async () => {
    seen = await observe(script, preload, env);
  });

  test('is in the snapshot, and everything in it once', () => {
    const snapshot = JSON.parse(seen.files['snapshot.json']) as Metric[];
    expect(fromJson(seen.files['snapshot.json'])).toEqual(expected);
    // The instrumentations for the runtime and the host could be there twice: ours and theirs.
    const points = snapshot.map(({ name, tags }) => JSON.stringify([name, tags]));
    expect(points.filter((each, i) => points.indexOf(each) < i)).toEqual([]);
    expect(points).toEqual(
      expect.arrayContaining([expect.stringContaining('nodejs.eventloop'), expect.stringContaining('process.cpu.time')]),
    );
  });

  test('is in the report', () => {
    const { statistics } = JSON.parse(seen.files['report.json']) as MetricsReport;
    const reported = statistics.find(({ name }) => name === 'http.server.request.duration');
    const total = hello + items + failed + missing;
    expect(reported).toMatchObject({ type: 'time', unit: 's', exact: false, sources: ['@opentelemetry/instrumentation-http'] });
    expect(reported!.stats).toMatchObject({ count: total, seen: total });
    expect(seen.files['report.txt']).toMatch(new RegExp(`^~http\\.server.*duration +${total} `, 'm'));
  });

  test('is in the exports, and at the endpoint', () => {
    expect(fromJson(seen.files['export.json'])).toEqual(expected);
    expect(fromCsv(seen.files['export.csv'])).toEqual(expected);
    expect(fromPrometheus(seen.files['export.prom'])).toEqual(expected);
    expect(fromPrometheus(seen.endpoint)).toEqual(expected);
  });

  test('makes no trouble', () => {
    expect(seen.logs).toBe('');
  });

  describeWithServers('as text for Prometheus', ['promtool'], () => {
    test.each(['export.prom', 'endpoint'] as const)('of the %s is as promtool wants it', (source) => {
      const input = source === 'endpoint' ? seen.endpoint : seen.files[source];
      const { status, stdout, stderr } = spawnSync(commandOf('promtool'), ['check', 'metrics'], { input, encoding: 'utf8' });
      expect({ status, output: stdout + stderr }).toEqual({ status: 0, output: '' });
    });
  });
});
