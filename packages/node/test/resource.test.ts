import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { OtelPerfOptions } from '../src/index.ts';
import { REGISTER, run } from './run.ts';
import type { State } from './state.ts';

/** A service in a folder of its own, two folders below its package.json. */
let folder: string;
let script: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'otel-perf-resource-'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'order-service', version: '4.5.6' }));
  mkdirSync(join(folder, 'dist/server'), { recursive: true });
  // One that names nothing is passed over.
  writeFileSync(join(folder, 'dist/package.json'), JSON.stringify({ type: 'module' }));
  script = join(folder, 'dist/server/main.mjs');
  writeFileSync(script, `import ${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'fixtures/service.mjs')).href)};\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function resourceOf(options: OtelPerfOptions = {}, env: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const { resource } = (await run(script, { args: [JSON.stringify(options)], env })).said<State>();
  return resource;
}

test.concurrent.each<[string, OtelPerfOptions, Record<string, string>, object]>([
  ['the nearest package.json that has a name', {}, {}, { 'service.name': 'order-service', 'service.version': '4.5.6' }],
  [
    'options, before it',
    { serviceName: 'orders', resourceAttributes: { 'service.version': '9', 'deployment.environment.name': 'test' } },
    {},
    { 'service.name': 'orders', 'service.version': '9', 'deployment.environment.name': 'test' },
  ],
  [
    'variables, before these',
    { serviceName: 'orders', resourceAttributes: { 'service.version': '9', team: 'one' } },
    { OTEL_SERVICE_NAME: 'shop', OTEL_RESOURCE_ATTRIBUTES: 'service.version=10,team=two,service.name=less' },
    { 'service.name': 'shop', 'service.version': '10', team: 'two' },
  ],
  [
    'OTEL_RESOURCE_ATTRIBUTES, without OTEL_SERVICE_NAME',
    { serviceName: 'orders' },
    { OTEL_SERVICE_NAME: '', OTEL_RESOURCE_ATTRIBUTES: 'service.name=shop' },
    { 'service.name': 'shop' },
  ],
  ['the service’s own instance id', { resourceAttributes: { 'service.instance.id': 'a' } }, {}, { 'service.instance.id': 'a' }],
  ['an instance id of OTEL_RESOURCE_ATTRIBUTES', {}, { OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=b' }, { 'service.instance.id': 'b' }],
])('the resource is named by %s', async (_, options, env, expected) => {
  expect(await resourceOf(options, env)).toMatchObject(expected);
});

const DETECTED = ['process.pid', 'host.name', 'os.type', 'service.instance.id', 'telemetry.sdk.name'];

test.concurrent.each([
  ['all that there are by default', undefined, DETECTED],
  ['none but what tells instances apart', 'none', ['service.instance.id', 'telemetry.sdk.name']],
  ['those that are listed', 'host,env', ['host.name', 'service.instance.id', 'telemetry.sdk.name']],
])('OTEL_NODE_RESOURCE_DETECTORS: %s', async (_, value, expected) => {
  const resource = await resourceOf({}, value === undefined ? {} : { OTEL_NODE_RESOURCE_DETECTORS: value });
  expect(DETECTED.filter((name) => name in resource)).toEqual(expected);
});

test('the arguments of the process, which may be secrets, are not in the resource', async () => {
  const resource = await resourceOf();
  expect(Object.keys(resource)).toContain('process.command');
  expect(JSON.stringify(resource)).not.toContain('@otel-perf/source');
});

describe('instances of one service', () => {
  interface Instance {
    id: string;
    url: string | null;
  }
  const instances = async (fixture: string, env: Record<string, string>) =>
    (await run(fixture, { preload: [REGISTER], env })).said<Instance[]>().map(({ id }) => id);

  test('have random ids', async () => {
    const both = await Promise.all([resourceOf(), resourceOf()]);
    const ids = both.map((resource) => resource['service.instance.id']);
    expect(ids).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    expect(ids[0]).not.toBe(ids[1]);
  });

  test.each([
    ['cluster', 'cluster.mjs', ['b', 'b/worker-1', 'b/worker-2']],
    ['process with worker threads', 'threads.mjs', ['b', 'b/thread-1', 'b/thread-2']],
  ])('are told apart in a %s', async (_, fixture, expected) => {
    const [random, given] = await Promise.all([
      instances(fixture, {}),
      instances(fixture, { OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=b' }),
    ]);
    expect(new Set(random).size).toBe(3);
    expect(given.sort()).toEqual(expected);
  });
});
