import { describe, expect, test } from '@jest/globals';
import { answering, closedPort, silent, speakingGrpc } from './answering.ts';
import { commandOn, diagnosed, printed, problems, text, type Diagnosed } from './run.ts';

/** Too short for a second try, of which the message may be another. */
const LIMIT = { OTEL_EXPORTER_OTLP_TIMEOUT: '750' };

function pushing(port: number, more: Record<string, string> = {}): Record<string, string> {
  return {
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    ...LIMIT,
    ...more,
  };
}

function pushed(port: number, more?: Record<string, string>): Promise<Diagnosed> {
  return diagnosed('started.mjs', {}, { env: pushing(port, more) });
}

const GRPC = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' };

describe('a Collector', () => {
  test.concurrent.each([
    ['wants credentials', 401, /Unauthorized[^]*OTEL_EXPORTER_OTLP_HEADERS/],
    ['takes no metrics there', 404, /Not Found[^]*\/v1\/metrics[^]*pipeline for metrics/],
    ['is not ready', 503, /retryable status[^]*overloaded or not ready[^]*log of the Collector/],
  ])('%s (%i)', async (_, status, words) => {
    const diagnosis = await answering(status, pushed);
    expect(problems(diagnosis)).toEqual(['export-fails']);
    expect(text(diagnosis, 'problem', 'export-fails')).toMatch(words);
  });

  test.concurrent('does not run', async () => {
    const diagnosis = await pushed(await closedPort());
    expect(problems(diagnosis)).toEqual(['export-fails']);
    expect(text(diagnosis, 'problem', 'export-fails')).toMatch(/ECONNREFUSED[^]*Nobody listens there[^]*4318, gRPC on 4317/);
  });

  test.concurrent('does not run, says the command', async () => {
    const ended = await commandOn('started.mjs', {}, pushing(await closedPort(), GRPC));
    expect([problems(printed(ended)), ended.code]).toEqual([['export-fails'], 1]);
    expect(text(printed(ended), 'problem', 'export-fails')).toMatch(/ECONNREFUSED[^]*Nobody listens there/);
  });

  test.concurrent('speaks gRPC where HTTP is sent', async () => {
    const diagnosis = await speakingGrpc(pushed);
    expect(problems(diagnosis)).toEqual(['export-fails']);
    expect(text(diagnosis, 'problem', 'export-fails')).toMatch(
      /something else than HTTP, such as gRPC[^]*4318[^]*OTEL_EXPORTER_OTLP_PROTOCOL=grpc/,
    );
  });

  test.concurrent('speaks HTTP where gRPC is sent', async () => {
    const diagnosis = await answering(200, (port) => pushed(port, GRPC));
    expect(problems(diagnosis)).toEqual(['export-fails']);
    expect(text(diagnosis, 'problem', 'export-fails')).toMatch(/does not speak gRPC[^]*4317[^]*http\/protobuf/);
  });

  test.concurrent('speaks HTTP where HTTPS is sent', async () => {
    const diagnosis = await answering(200, (port) => pushed(port, { OTEL_EXPORTER_OTLP_ENDPOINT: `https://127.0.0.1:${port}` }));
    expect(text(diagnosis, 'problem', 'export-fails')).toMatch(/https and http do not go together/);
  });

  test.concurrent('has a name that is unknown', async () => {
    const diagnosis = await pushed(4318, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.invalid:4318' });
    expect(text(diagnosis, 'problem', 'export-fails')).toMatch(/The host is not known here|Nobody listens there/);
  });

  test.concurrent('does not answer', async () => {
    const diagnosis = await silent(pushed);
    expect(problems(diagnosis)).toEqual(['export-fails']);
    expect(text(diagnosis, 'problem', 'export-fails')).toMatch(/No answer in time/);
  });

  test.concurrent('takes them', async () => {
    const diagnosis = await answering(200, pushed);
    expect([problems(diagnosis), diagnosis.healthy]).toEqual([[], true]);
    expect(text(diagnosis, 'fine', 'export-works')).toContain('OTLPMetricExporter delivers');
  });

  test.concurrent('takes them now, and did not at first', async () => {
    const diagnosis = await diagnosed('refused-once.mjs');
    expect([problems(diagnosis), diagnosis.healthy]).toEqual([[], true]);
    expect(text(diagnosis, 'hint', 'exports-failed')).toContain('1 of 2 exports failed before');
  });
});

describe('the endpoint for Prometheus', () => {
  test.concurrent('has its port in use', async () => {
    const [diagnosis, own] = await silent((port) =>
      Promise.all([
        diagnosed('started.mjs', {}, { env: { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: `${port}` } }),
        diagnosed('own-provider.mjs', { readers: ['served'] }, { env: { OTEL_EXPORTER_PROMETHEUS_PORT: `${port}` } }),
      ]),
    );
    expect([problems(diagnosis), problems(own)]).toEqual([['port-in-use'], ['port-in-use']]);
    expect(text(diagnosis, 'problem', 'port-in-use')).toMatch(/the port is in use[^]*OTEL_EXPORTER_PROMETHEUS_PORT/);
  });

  test.concurrent('has it in use, says the command', async () => {
    const ended = await silent((port) =>
      commandOn('started.mjs', {}, { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: `${port}` }),
    );
    expect([problems(printed(ended)), ended.code]).toEqual([['port-in-use'], 1]);
  });
});

describe('a package is not installed', () => {
  test.concurrent.each([
    ['@opentelemetry/sdk-node', {}, /No metrics leave the process[^]*npm install @opentelemetry\/sdk-node/],
    ['@opentelemetry/exporter-metrics-otlp-proto', { OTEL_METRICS_EXPORTER: 'otlp' }, /not pushed[^]*npm install @opentelemetry\/exporter/],
    ['@opentelemetry/host-metrics', { OTEL_PERF_HOST_METRICS: 'true' }, /No host metrics[^]*npm install @opentelemetry\/host-metrics/],
  ])('%s', async (MISSING, env, words) => {
    const diagnosis = await diagnosed('collected.mjs', {}, { env: { ...env, MISSING }, preload: ['missing-hook.mjs'] });
    expect(problems(diagnosis)).toEqual(['missing-package']);
    expect(text(diagnosis, 'problem', 'missing-package')).toMatch(words);
  });
});
