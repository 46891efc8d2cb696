import { describe, expect, test } from '@jest/globals';
import { Receiver } from './receiver.ts';
import { run } from './run.ts';
import type { State } from './state.ts';

interface Texts {
  readonly ours: string;
  readonly theirs: string;
}

/** What a Prometheus text has under a name: the sum over its series. */
function valueIn(text: string, name: string): number {
  const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

test('OpenTelemetry’s own Prometheus exporter can be a second reader: both have exact counts', async () => {
  const ended = await run('second-reader.mjs', { env: { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_PERF_PROMETHEUS_NAMING: 'official' } });
  const { rounds } = ended.said<{ rounds: Texts[] }>();
  // The counters grow by 3 and by 2 in each round, and 4 loads are timed.
  expect(rounds).toHaveLength(3);
  rounds.forEach(({ ours, theirs }, i) => {
    for (const text of [ours, theirs]) {
      expect(['orders_total', 'calls_total', 'load_time_count'].map((name) => valueIn(text, name))).toEqual([
        3 * (i + 1),
        2 * (i + 1),
        4 * (i + 1),
      ]);
    }
  });
  expect([ended.end, ended.stderr]).toEqual(['code 0', '']);
});

test('exporters of deltas and of cumulative values beside each other are each given what they prefer', async () => {
  const ended = await run('delta-beside.mjs');
  const { delta, cumulative } = ended.said<{ delta: number[]; cumulative: number[] }>();
  expect([delta, cumulative]).toEqual([
    [3, 3, 3],
    [3, 6, 9],
  ]);
});

test('OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=delta: OTLP gets what was added, the endpoint the whole', async () => {
  const receiver = new Receiver();
  const env = { ...(await receiver.listen()), OTEL_METRICS_EXPORTER: 'otlp,prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: '0' };
  const ended = await run('rounds.mjs', { env: { ...env, OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta' } });
  expect(receiver.values('orders').slice(0, 3)).toEqual([3, 3, 3]);
  expect(valueIn(ended.said<{ text: string }>().text, 'orders_total')).toBe(9);
});

describe('createPerformanceReader', () => {
  test('in a NodeSDK of the service’s own reads everything, and says nothing', async () => {
    const ended = await run('own-sdk.mjs');
    const state = ended.said<State & { text: string }>();
    expect(state.resource).toMatchObject({ 'service.name': 'own' });
    expect(state.metrics).toEqual(
      expect.arrayContaining([
        { name: 'orders', source: 'shop', tags: {}, value: 3 },
        { name: 'calls', source: 'library', tags: { route: '/' }, value: 2 },
      ]),
    );
    expect([valueIn(state.text, 'orders_total'), valueIn(state.text, 'calls_total')]).toEqual([3, 2]);
    expect([ended.end, ended.stderr]).toEqual(['code 0', '']);
  });

  test('takes its variables before its options, and tells of bad ones', async () => {
    const receiver = new Receiver();
    const to = await receiver.listen();
    const variables = { OTEL_METRIC_EXPORT_INTERVAL: '10', OTEL_PERF_PROMETHEUS_PATH: '/here', OTEL_EXPORTER_PROMETHEUS_PORT: 'none' };
    const ended = await run('reader-variables.mjs', { env: { ...to, ...variables } });
    expect(ended.said()).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/here$/);
    expect(receiver.values('orders')[0]).toBe(3);
    expect(ended.warnings).toEqual([expect.stringMatching(/^\[bad-variable\] OTEL_EXPORTER_PROMETHEUS_PORT is "none"/)]);
  });
});
