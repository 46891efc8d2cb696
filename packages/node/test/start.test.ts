import { beforeAll, describe, expect, test } from '@jest/globals';
import { run, type Ended } from './run.ts';
import { named, total, type State } from './state.ts';

describe('a start without options', () => {
  let ended: Ended;
  let state: State;
  beforeAll(async () => {
    ended = await run('service.mjs', {
      env: {
        OTEL_METRICS_EXPORTER: 'prometheus',
        OTEL_EXPORTER_PROMETHEUS_PORT: '0',
        OTEL_PERF_HOST_METRICS: '',
        OTEL_PERF_RUNTIME_METRICS: '',
      },
    });
    state = ended.said();
  });

  test('gives a handle that works, and says nothing', () => {
    expect(state).toMatchObject({ active: true, url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/), problems: [] });
    expect([ended.end, ended.stderr]).toEqual(['code 0', '']);
  });

  test('sees the metrics of the service and those of other libraries', () => {
    expect(named(state, 'orders')).toEqual([{ name: 'orders', source: 'shop', tags: {}, value: 3 }]);
    expect(named(state, 'calls')).toEqual([{ name: 'calls', source: 'library', tags: { route: '/' }, value: 2 }]);
  });

  test('reads the machine and the process', () => {
    const memory = named(state, 'system.memory.usage').find(
      ({ tags }) => tags['system.memory.state'] === 'used' || tags['state'] === 'used',
    );
    expect(memory!.value).toBeGreaterThan(1e6);
    expect(named(state, 'process.memory.usage')[0]!.value).toBeGreaterThan(1e6);
    expect(total(state, 'process.cpu.time')).toBeGreaterThan(0);
  });

  test('reads the runtime', () => {
    expect(total(state, 'v8js.memory.heap.used')).toBeGreaterThan(1e6);
    expect(named(state, 'nodejs.eventloop.time').map(({ tags }) => tags['nodejs.eventloop.state'])).toEqual(['active', 'idle']);
  });
});

test('without a port, the endpoint is on 9464 of this machine alone', async () => {
  const state = (await run('service.mjs', { env: { OTEL_METRICS_EXPORTER: 'prometheus' } })).said<State>();
  // Another process may have it.
  const where = state.url ?? state.problems[0]!.message;
  expect(where).toMatch(/^(http:\/\/127\.0\.0\.1:9464\/metrics|No Prometheus endpoint on 127\.0\.0\.1:9464: the port is in use\. .*)$/);
});

test('reading the machine starts no commands, for which the event loop would wait', async () => {
  const ended = await run('children.mjs', { env: { OTEL_PERF_HOST_METRICS: undefined } });
  expect(ended.said()).toEqual([]);
});

test('host and runtime metrics can each be left out', async () => {
  const sources = async (hostMetrics: boolean, runtimeMetrics: boolean) => {
    const ended = await run('service.mjs', {
      args: [JSON.stringify({ hostMetrics, runtimeMetrics })],
      env: { OTEL_PERF_HOST_METRICS: undefined, OTEL_PERF_RUNTIME_METRICS: undefined },
    });
    const found = new Set(ended.said<State>().metrics.map(({ source }) => source));
    return ['@opentelemetry/host-metrics', '@opentelemetry/instrumentation-runtime-node'].map((source) => found.has(source));
  };
  expect(await Promise.all([sources(false, true), sources(true, false)])).toEqual([
    [false, true],
    [true, false],
  ]);
});

test('a second start gives the handle of the first, and says that its options are ignored', async () => {
  const ended = await run('second-start.mjs', { env: { OTEL_METRICS_EXPORTER: 'prometheus' } });
  expect(ended.said()).toEqual({ same: true, got: true, beforeAny: null, url: expect.stringContaining('/first') });
  expect(ended.warnings).toEqual([expect.stringMatching(/^\[already-started\] /)]);
});

test('a start beside one that is refused for its options is none of its business', async () => {
  const ended = await run('start-beside-bad.mjs');
  expect(ended.said()).toEqual({ bad: expect.stringContaining('flushOnExit.timeoutMillis'), good: true, got: true });
  expect([ended.end, ended.stderr]).toEqual(['code 0', '']);
});

test('a handle that was shut down can be asked to flush and shut down again, and listens to nothing any more', async () => {
  const ended = await run('after-shutdown.mjs', { env: { OTEL_PERF_FLUSH_ON_EXIT: 'true' } });
  expect(ended.said()).toEqual({ url: null, snapshot: 'rejected', sameCount: 1, listeners: [0, 0, 0] });
  expect(ended.end).toBe('code 0');
});
