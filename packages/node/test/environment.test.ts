import { describe, expect, test } from '@jest/globals';
import { Receiver } from './receiver.ts';
import { run } from './run.ts';
import type { State } from './state.ts';

const MISSPELT = 'OTEL_PERF_EXIT_SNAPSHOOT';

const BAD: Record<string, string> = {
  OTEL_SDK_DISABLED: 'yes',
  OTEL_METRICS_EXPORTER: 'promteheus',
  OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http',
  OTEL_METRIC_EXPORT_INTERVAL: 'soon',
  OTEL_METRIC_EXPORT_TIMEOUT: '-1',
  OTEL_EXPORTER_PROMETHEUS_PORT: '70000',
  OTEL_NODE_RESOURCE_DETECTORS: 'hots',
  [MISSPELT]: 'metrics.json',
  OTEL_PERF_FLUSH_ON_EXIT: '1',
  OTEL_PERF_FLUSH_TIMEOUT: '1.5',
  OTEL_PERF_HOST_METRICS: 'no',
  OTEL_PERF_INSTRUMENTATIONS: 'all',
  OTEL_PERF_PROMETHEUS_NAMING: 'offical',
  OTEL_PERF_PROMETHEUS_PATH: 'metrics',
  OTEL_PERF_RUNTIME_METRICS: '0',
};

describe('variables that make no sense', () => {
  test('are each told of in one line that names them, and what would hold without them holds', async () => {
    const receiver = new Receiver();
    const { OTEL_EXPORTER_OTLP_ENDPOINT } = await receiver.listen();
    // Of two variables for one thing, the other holds.
    const to = { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' };
    const options = { prometheus: { port: 0, path: '/here' }, hostMetrics: false };
    const ended = await run('service.mjs', { args: [JSON.stringify(options)], env: { ...to, ...BAD } });
    const state = ended.said<State>();
    const told = Object.entries(BAD).map(([name, value]) => {
      const message = name === MISSPELT ? `${name} is no variable of otel-perf` : `${name} is ${JSON.stringify(value)}, not `;
      return ended.warnings.filter((line) => line.startsWith(`[bad-variable] ${message}`)).length;
    });
    expect(told).toEqual(Object.keys(BAD).map(() => 1));
    expect(ended.warnings).toHaveLength(told.length);
    expect(state.problems.map(({ code, message }) => `[${code}] ${message}`)).toEqual(ended.warnings);
    expect(state).toMatchObject({ active: true, url: expect.stringMatching(/:\d+\/here$/) });
    const sources = new Set(state.metrics.map(({ source }) => source));
    expect([...sources]).toEqual(expect.arrayContaining(['shop', 'library', '@opentelemetry/instrumentation-runtime-node']));
    expect(sources).not.toContain('@opentelemetry/host-metrics');
    expect(Object.keys(state.resource)).toEqual(expect.arrayContaining(['service.instance.id']));
    expect(Object.keys(state.resource)).not.toContain('host.name');
    expect(receiver.values('orders')).toEqual([3]);
    expect(ended.end).toBe('code 0');
  });

  test('lists in which something is not known hold without it, which is told of', async () => {
    const env = { OTEL_METRICS_EXPORTER: 'none,zipkin', OTEL_NODE_RESOURCE_DETECTORS: 'env,host,container' };
    const ended = await run('service.mjs', { env });
    expect(ended.warnings).toEqual([
      expect.stringMatching(/^\[bad-variable\] OTEL_METRICS_EXPORTER has zipkin, which otel-perf does not know/),
      expect.stringMatching(/^\[bad-variable\] OTEL_NODE_RESOURCE_DETECTORS has container, which otel-perf does not know/),
    ]);
    const { url, resource } = ended.said<State>();
    expect([url, 'host.name' in resource, 'process.pid' in resource]).toEqual([null, true, false]);
  });

  test('those that Kubernetes makes for a Service called otel-perf are none of them', async () => {
    const ofKubernetes = {
      OTEL_PERF_SERVICE_HOST: '10.0.0.1',
      OTEL_PERF_SERVICE_PORT: '80',
      OTEL_PERF_SERVICE_PORT_HTTP: '80',
      OTEL_PERF_PORT: 'tcp://10.0.0.1:80',
      OTEL_PERF_PORT_80_TCP: 'tcp://10.0.0.1:80',
      OTEL_PERF_PORT_80_TCP_PROTO: 'tcp',
      OTEL_PERF_PORT_80_TCP_PORT: '80',
      OTEL_PERF_PORT_80_TCP_ADDR: '10.0.0.1',
    };
    const ended = await run('service.mjs', { env: { ...ofKubernetes, OTEL_PERF_PROMETHEUS_PORT: '9465' } });
    expect(ended.warnings).toEqual([expect.stringContaining('OTEL_PERF_PROMETHEUS_PORT is no variable of otel-perf')]);
  });

  test('an OTEL_CONFIG_FILE is not read, which is told of', async () => {
    const ended = await run('service.mjs', { env: { OTEL_CONFIG_FILE: 'sdk.yaml' } });
    expect(ended.warnings).toEqual([expect.stringMatching(/^\[bad-variable\] OTEL_CONFIG_FILE is not read/)]);
    expect(ended.said<State>()).toMatchObject({ active: true });
  });
});

test('empty variables count as unset, and nothing is said of them', async () => {
  const empty = Object.fromEntries(
    [...Object.keys(BAD).filter((name) => name !== MISSPELT), 'OTEL_CONFIG_FILE'].map((name) => [name, ' ']),
  );
  const options = { otlp: false, prometheus: { port: 0, path: '/here' }, hostMetrics: false, runtimeMetrics: false };
  const ended = await run('service.mjs', { args: [JSON.stringify(options)], env: { ...empty, OTEL_PERF_EXIT_SNAPSHOT: '' } });
  expect(ended.stderr).toBe('');
  expect(ended.said<State>()).toMatchObject({ active: true, url: expect.stringMatching(/:\d+\/here$/) });
});

test('variables come before options', async () => {
  const options = {
    prometheus: { host: '0.0.0.0', port: 1, path: '/there', naming: 'specification' },
    hostMetrics: true,
    runtimeMetrics: true,
  };
  const env = {
    OTEL_METRICS_EXPORTER: 'prometheus',
    OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
    OTEL_EXPORTER_PROMETHEUS_PORT: '0',
    OTEL_PERF_PROMETHEUS_PATH: '/here',
    OTEL_PERF_PROMETHEUS_NAMING: 'official',
    OTEL_PERF_HOST_METRICS: 'False',
    OTEL_PERF_RUNTIME_METRICS: 'FALSE',
  };
  const ended = await run('scraped-service.mjs', { args: [JSON.stringify(options)], env });
  const { state, text } = ended.said<{ state: State; text: string }>();
  expect(state.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/here$/);
  expect(new Set(state.metrics.map(({ source }) => source))).toEqual(new Set(['shop', '@otel-perf/metrics']));
  // The specification has the unit in the name.
  expect(text).toMatch(/^load_time_count\{/m);
  expect(text).not.toMatch(/^load_time_seconds/m);
  expect(ended.stderr).toBe('');
});

test('OTEL_SDK_DISABLED=true: the service runs, nothing is registered, nothing is sent, nothing is said', async () => {
  const ended = await run('disabled.mjs', { env: { OTEL_SDK_DISABLED: 'TRUE', OTEL_METRICS_EXPORTER: 'otlp,prometheus,console' } });
  expect(ended.said()).toEqual({ state: { active: false, url: null, problems: [] }, registered: false, signals: 0 });
  expect([ended.end, ended.stderr]).toEqual(['code 0', '']);
  expect(ended.stdout).not.toContain('orders');
});
