import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { testOnNewLine } from '../line.ts';
import { REGISTER, run } from '../run.ts';
import { named, total, type State } from '../state.ts';

const ENV = { OTEL_PERF_OFF_THREAD: 'true', OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: '0' };

describe('without NodeSDK', () => {
  const MISSING = { ...ENV, MISSING: '@opentelemetry/sdk-node', OTEL_PERF_RUNTIME_METRICS: '' };

  test('there are metrics, of the runtime too, and nothing is amiss', async () => {
    const ended = await run('scraped-service.mjs', { preload: ['missing-hook.mjs'], env: MISSING });
    const { state, text } = ended.said<{ state: State; text: string }>();
    expect([state.active, named(state, 'load_time')[0]!.count]).toEqual([true, 1]);
    expect(total(state, 'v8js.memory.heap.used')).toBeGreaterThan(1e6);
    expect(text).toMatch(/^load_time_seconds_count\{.*\} +1$/m);
    expect(ended.stderr).toBe('');
  });

  test('what only it can do is missing, which is told', async () => {
    const ended = await run('scraped-service.mjs', { preload: ['missing-hook.mjs'], env: { ...MISSING, OTEL_TRACES_EXPORTER: 'console' } });
    expect(ended.said<{ state: State }>().state.active).toBe(true);
    expect(ended.warnings).toEqual([
      expect.stringMatching(/^\[missing-package\] No traces, logs and context: @opentelemetry\/sdk-node is not/),
    ]);
  });
});

test('OTEL_LOG_LEVEL has the worker tell what it does', async () => {
  const ended = await run('scraped-service.mjs', {
    env: {
      ...ENV,
      OTEL_METRICS_EXPORTER: 'otlp',
      OTEL_LOG_LEVEL: 'debug',
      OTEL_EXPORTER_OTLP_TIMEOUT: '100',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    },
  });
  expect(ended.stdout + ended.stderr).toMatch(/PeriodicExportingMetricReader/);
});

test('the worker does without the SDK where it only serves', async () => {
  const ended = await run(join(import.meta.dirname, 'fixtures/worker-packages.mjs'), { env: {} });
  expect(ended.said()).toEqual(['@opentelemetry/api']);
});

test('without the package of the MeterProvider everything stays in the main thread, which is told', async () => {
  const ended = await run('scraped-service.mjs', { preload: ['missing-hook.mjs'], env: { ...ENV, MISSING: '@otel-perf/meter-provider' } });
  const { state, text } = ended.said<{ state: State; text: string }>();
  expect([state.active, state.url]).toEqual([true, expect.stringContaining('http://127.0.0.1:')]);
  expect(text).toMatch(/^load_time_seconds_count\{.*\} 1$/m);
  expect(ended.warnings).toEqual([
    expect.stringMatching(/^\[missing-package\] Metrics stay in the main thread: @otel-perf\/meter-provider is not/),
  ]);
});

testOnNewLine('automatic instrumentations record into it, each request once, and no scrape among them', async () => {
  const env = { ...ENV, OTEL_PERF_INSTRUMENTATIONS: 'auto', OTEL_PERF_RUNTIME_METRICS: undefined, OTEL_TRACES_EXPORTER: 'none' };
  const ended = await run('http-service.mjs', { preload: [REGISTER], env, node: ['--expose-gc'] });
  expect([ended.end, ended.stderr]).toEqual(['code 0', '']);
  const state = ended.said<State & { collections: { seen: number; counted: number } }>();
  expect(total(state, 'http.server.request.duration')).toBe(5);
  expect(state.collections.counted).toBe(state.collections.seen);
});
