import { describe, expect, test } from '@jest/globals';
import { Receiver } from './receiver.ts';
import { REGISTER, run } from './run.ts';
import { named, type State } from './state.ts';

const ALL = {
  OTEL_METRICS_EXPORTER: 'otlp,prometheus',
  OTEL_EXPORTER_PROMETHEUS_PORT: '0',
  OTEL_PERF_HOST_METRICS: undefined,
  OTEL_PERF_RUNTIME_METRICS: undefined,
};

/** A service for which some packages are not installed. */
async function without(missing: readonly string[], env: Record<string, string | undefined> = {}) {
  const receiver = new Receiver();
  const to = await receiver.listen();
  const ended = await run('service.mjs', { preload: ['missing-hook.mjs'], env: { ...to, ...ALL, MISSING: missing.join(), ...env } });
  const state = ended.said<State>();
  return { ended, state, sources: new Set(state.metrics?.map(({ source }) => source)), delivered: receiver.requests.length > 0 };
}

const scope = (name: string) => `@opentelemetry/${name}`;

describe('a package that is not installed costs its own part, and one line says which to install', () => {
  test.each([
    ['host-metrics', 'No host metrics'],
    ['instrumentation-runtime-node', 'No runtime metrics'],
    ['exporter-metrics-otlp-http', 'Metrics are not pushed'],
    ['resources', 'No resource detection'],
  ])('%s', async (name, loss) => {
    const { ended, state, sources, delivered } = await without([scope(name)]);
    expect(ended.warnings).toEqual([`[missing-package] ${loss}: ${scope(name)} is not installed. Run: npm install ${scope(name)}`]);
    expect(state).toMatchObject({ active: true, url: expect.stringContaining('http'), problems: [{ code: 'missing-package' }] });
    expect(named(state, 'orders')).toMatchObject([{ value: 3 }]);
    expect([sources.has(scope('host-metrics')), sources.has(scope('instrumentation-runtime-node')), delivered]).toEqual([
      name !== 'host-metrics',
      name !== 'instrumentation-runtime-node',
      name !== 'exporter-metrics-otlp-http',
    ]);
    expect('host.name' in state.resource).toBe(name !== 'resources');
    expect(ended.end).toBe('code 0');
  });

  test.each([
    ['http/protobuf', 'exporter-metrics-otlp-proto'],
    ['grpc', 'exporter-metrics-otlp-grpc'],
  ])('that of the protocol %s', async (protocol, name) => {
    const { ended, state } = await without([scope(name)], { OTEL_EXPORTER_OTLP_PROTOCOL: protocol });
    expect(ended.warnings).toEqual([expect.stringContaining(`${scope(name)} is not installed`)]);
    expect(state.active).toBe(true);
  });

  test('auto-instrumentations-node', async () => {
    const { ended, state } = await without([scope('auto-instrumentations-node')], { OTEL_PERF_INSTRUMENTATIONS: 'auto' });
    expect(ended.warnings).toEqual([
      expect.stringContaining(`No automatic instrumentation: ${scope('auto-instrumentations-node')} is not installed`),
    ]);
    expect(state.active).toBe(true);
  });

  test('sdk-node: the service runs, and nothing of it is seen', async () => {
    const { ended, state, delivered } = await without([scope('sdk-node')]);
    expect(ended.warnings).toEqual([expect.stringContaining(`No metrics leave the process: ${scope('sdk-node')} is not installed`)]);
    expect(state).toMatchObject({ active: false });
    expect(delivered).toBe(false);
    expect(ended.end).toBe('code 0');
  });
});

describe('a package that cannot be loaded costs its own part too, and one line says why', () => {
  const host = scope('host-metrics');
  test.each([
    ['a fault in it', { BROKEN: host }, `a fault in ${host}$`],
    ['one that it needs is missing', { INCOMPLETE: host }, `Cannot find package '[^']*' imported from .*/${host}/`],
  ])('%s', async (_, env, reason) => {
    const { ended, state, sources } = await without([], env);
    expect(ended.warnings).toEqual([expect.stringMatching(`^\\[missing-package\\] No host metrics: ${host} cannot be loaded: ${reason}`)]);
    expect(state.active).toBe(true);
    expect([sources.has(host), sources.has(scope('instrumentation-runtime-node'))]).toEqual([false, true]);
  });
});

describe('by --import, whatever is broken, the service runs and has its own exit status', () => {
  test.each([
    ['no OpenTelemetry SDK', { MISSING: scope('sdk-metrics') }],
    ['no package at all', { MISSING: ['sdk-node', 'resources', 'host-metrics', 'instrumentation-runtime-node'].map(scope).join() }],
    ['an SDK with a fault', { BROKEN: scope('sdk-node') }],
    [
      'bad variables',
      { OTEL_METRICS_EXPORTER: '?', OTEL_EXPORTER_PROMETHEUS_HOST: '?', OTEL_EXPORTER_OTLP_ENDPOINT: '?', OTEL_PERF_FLUSH_ON_EXIT: 'true' },
    ],
  ])('%s', async (_, env) => {
    const given = { OTEL_EXPORTER_PROMETHEUS_PORT: '0', OTEL_PERF_HOST_METRICS: '', ...env };
    const ended = await run('plain-app.cjs', { preload: ['missing-hook.mjs', REGISTER], env: given });
    expect([ended.end, ended.stdout]).toEqual(['code 5', 'working\n']);
    expect(ended.warnings.length).toBeGreaterThan(0);
  });
});
