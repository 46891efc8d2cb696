import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { isOldLine, testOnNewLine } from './line.ts';
import { REGISTER, run } from './run.ts';
import { named, total, type State } from './state.ts';

type Seen = State & { collections: { seen: number; counted: number } };

const AUTO = '@opentelemetry/auto-instrumentations-node/register';

/** An endpoint, runtime metrics, and nothing that is sent. */
const ENV = {
  OTEL_METRICS_EXPORTER: 'prometheus',
  OTEL_EXPORTER_PROMETHEUS_PORT: '0',
  OTEL_PERF_RUNTIME_METRICS: undefined,
  OTEL_TRACES_EXPORTER: 'none',
};

async function seen(fixture: string, preload: readonly string[], env: Record<string, string> = {}): Promise<Seen> {
  const ended = await run(fixture, { preload, env: { ...ENV, ...env }, node: ['--expose-gc'] });
  expect([ended.end, ended.stderr]).toEqual(['code 0', '']);
  return ended.said<Seen>();
}

/** That garbage collections were counted once each, and not by two runtime instrumentations. */
function expectRuntimeOnce({ collections: { seen, counted } }: Seen): void {
  // That of the oldest line leaves out some that come at once.
  if (isOldLine) expect([counted > 0, counted <= seen]).toEqual([true, true]);
  else expect(counted).toBe(seen);
}

describe.each([
  ['an ES module', 'http-service.mjs'],
  ['CommonJS', 'http-service.cjs'],
])('a service that is %s', (_, fixture) => {
  test('is seen by --import alone', async () => {
    const state = await seen(fixture, [REGISTER]);
    expect(state).toMatchObject({ active: true, url: expect.stringContaining('http://127.0.0.1:'), problems: [] });
    expectRuntimeOnce(state);
    expect(named(state, 'http.server.request.duration')).toEqual([]);
  });

  testOnNewLine('has its requests counted by OTEL_PERF_INSTRUMENTATIONS=auto, each once, and no scrape among them', async () => {
    const state = await seen(fixture, [REGISTER], { OTEL_PERF_INSTRUMENTATIONS: 'auto' });
    expect(total(state, 'http.server.request.duration')).toBe(5);
    expectRuntimeOnce(state);
  });
});

testOnNewLine(
  'auto-instrumentations that are preloaded after otel-perf count for it, each request once, and no scrape among them',
  async () => {
    // Their detectors ask the network for the cloud.
    const state = await seen('http-service.cjs', [REGISTER, AUTO], {
      OTEL_LOGS_EXPORTER: 'none',
      OTEL_NODE_RESOURCE_DETECTORS: 'env,host',
    });
    expect(total(state, 'http.server.request.duration')).toBe(5);
    expectRuntimeOnce(state);
  },
);

testOnNewLine('auto-instrumentations that are preloaded after otel-perf keep traces for themselves', async () => {
  const env = { ...ENV, OTEL_TRACES_EXPORTER: 'otlp', OTEL_LOGS_EXPORTER: 'none', OTEL_NODE_RESOURCE_DETECTORS: 'env' };
  const ended = await run('traced.cjs', { preload: [REGISTER, AUTO], env });
  // An attribute that otel-perf adds.
  expect(ended.said<string[]>()).not.toContain('service.instance.id');
});

testOnNewLine('auto-instrumentations that are preloaded before it stay, and one line says what to do', async () => {
  const env = { ...ENV, OTEL_METRICS_EXPORTER: 'console', OTEL_LOGS_EXPORTER: 'none', OTEL_NODE_RESOURCE_DETECTORS: 'env' };
  const ended = await run('plain-app.cjs', { preload: [AUTO, REGISTER], env });
  expect(ended.warnings).toEqual([expect.stringMatching(/^\[provider-exists\] /)]);
  expect(ended.end).toBe('code 5');
});

test('a service that requires it is not taken down: it starts late, and one line says what to do', async () => {
  const ended = await run('late-start.cjs', { node: ['--require', REGISTER] });
  expect(ended.warnings).toEqual([expect.stringMatching(/^\[late-start\] .*--import/)]);
  expect(ended.said<State>()).toMatchObject({
    active: true,
    metrics: expect.arrayContaining([expect.objectContaining({ name: 'orders' })]),
  });
  expect(ended.end).toBe('code 0');
});

test.each(['import', 'require'])('a MeterProvider that the service sets by %s gets nothing, which is told of', async (how) => {
  const ended = await run('later-provider.mjs', { args: [how], preload: [REGISTER] });
  expect([ended.said(), ended.end]).toEqual([false, 'code 0']);
  expect(ended.warnings).toEqual([expect.stringMatching(/^\[later-provider\] .*createPerformanceReader/)]);
});

test('package managers are left alone where NODE_OPTIONS preloads it into them too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'otel-perf-launcher-'));
  try {
    const script = "console.log(typeof globalThis[Symbol.for('@otel-perf/node.running.1')]);\n";
    const ended = await Promise.all(
      ['service/start.cjs', 'node_modules/npm/bin/npm-cli.js', '.yarn/releases/yarn-4.9.1.cjs'].map((path) => {
        mkdirSync(join(folder, dirname(path)), { recursive: true });
        writeFileSync(join(folder, path), script);
        return run(join(folder, path), { preload: [REGISTER] });
      }),
    );
    expect(ended.map(({ stdout }) => stdout.trim())).toEqual(['object', 'undefined', 'undefined']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a module that objects to being looked at does not keep a CommonJS service from requiring otel-perf', async () => {
  expect((await run('strict-module.cjs')).said()).toBe('function');
});
