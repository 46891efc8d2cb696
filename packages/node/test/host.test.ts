import { describe, expect, test } from '@jest/globals';
import { Receiver } from './receiver.ts';
import { REGISTER, run } from './run.ts';

test('a Collector that cannot be reached is told of once, however often it is tried, and the service runs on', async () => {
  const gone = new Receiver();
  const env = { ...(await gone.listen()), OTEL_METRIC_EXPORT_INTERVAL: '20', OTEL_EXPORTER_OTLP_TIMEOUT: '20' };
  await gone.close();
  const ended = await run('unreachable.mjs', { env });
  const { failed, succeeded, error, orders } = ended.said<{ failed: number; succeeded: number; error: string; orders: number }>();
  expect(failed).toBeGreaterThanOrEqual(3);
  expect([succeeded, orders]).toEqual([0, 3]);
  expect(ended.warnings).toEqual([expect.stringContaining(`[export-failed] OTLPMetricExporter could not deliver metrics: `)]);
  expect(error).not.toBe('');
  expect(ended.end).toBe('code 0');
});

test('so is one that refuses, each time for another reason', async () => {
  const refusing = new Receiver({ statuses: [400, 401, 404] });
  const ended = await run('unreachable.mjs', { env: { ...(await refusing.listen()), OTEL_METRIC_EXPORT_INTERVAL: '20' } });
  expect(ended.said<{ failed: number }>().failed).toBeGreaterThanOrEqual(3);
  expect(ended.warnings).toEqual([expect.stringMatching(/^\[export-failed\] OTLPMetricExporter could not deliver metrics: .*Bad Request/)]);
});

test('a MeterProvider that was there first stays, and one line says what to do', async () => {
  const ended = await run('provider-first.mjs', { env: { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: '0' } });
  const message = expect.stringMatching(/^A MeterProvider is set already.*--import @otel-perf\/node\/register.*createPerformanceReader/);
  expect(ended.said()).toEqual({
    state: { active: false, url: null, problems: [{ code: 'provider-exists', message }] },
    still: true,
    seen: 2,
  });
  expect(ended.warnings).toHaveLength(1);
  expect(ended.end).toBe('code 0');
});

test('a fault of NodeSDK costs the metrics, and not the service', async () => {
  // A view without anything to choose by is refused by the SDK.
  const ended = await run('service.mjs', { args: [JSON.stringify({ views: [{}] })] });
  expect(ended.said()).toMatchObject({ active: false, problems: [{ code: 'sdk-failed' }] });
  expect(ended.warnings).toEqual([
    expect.stringMatching(/^\[sdk-failed\] NodeSDK could not be started, so no metrics leave the process: /),
  ]);
  expect(ended.end).toBe('code 0');
});

describe('what belongs to others is left alone', () => {
  test('tracing, context, propagation and logs can be set up after the start', async () => {
    const ended = await run('others-after.mjs', { preload: [REGISTER], env: { OTEL_LOGS_EXPORTER: '' } });
    expect(ended.said()).toEqual({ tracer: true, context: true, propagation: true, spans: 1, logsExporter: '' });
    expect(ended.stderr).toBe('');
  });

  test('tracing is set up where OTEL_TRACES_EXPORTER asks for it', async () => {
    const ended = await run('others-after.mjs', { preload: [REGISTER], env: { OTEL_TRACES_EXPORTER: 'console' } });
    expect(ended.said()).toMatchObject({ tracer: false, context: false, propagation: false, spans: 0 });
    expect(ended.stdout).toContain("name: 'work'");
  });
});

test('with the API alone, and no reader, the collector counts, nothing is sent and nothing is said', async () => {
  const ended = await run('no-reader.mjs', { env: { OTEL_METRICS_EXPORTER: undefined } });
  expect(ended.said()).toMatchObject({ counted: 2, sum: 2, losses: { dropped: {}, overflowed: 0 }, listeners: [] });
  expect([ended.end, ended.stderr]).toEqual(['code 0', '']);
});
