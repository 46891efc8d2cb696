import { beforeEach, describe, expect, test } from '@jest/globals';
import type { OtelPerfOptions } from '../src/index.ts';
import { countersIn } from './decode.ts';
import { GrpcReceiver } from './grpc-receiver.ts';
import { Receiver } from './receiver.ts';
import { run, type Ended } from './run.ts';
import type { State } from './state.ts';

let receiver: Receiver;
/** Where OTLP goes, and a port for Prometheus; which of them are wanted is left open. */
let env: Record<string, string | undefined>;
beforeEach(async () => {
  receiver = new Receiver();
  env = { ...(await receiver.listen()), OTEL_METRICS_EXPORTER: undefined, OTEL_EXPORTER_PROMETHEUS_PORT: '0' };
});

/** Where the metrics of a service that starts so and ends have gone. */
function destinationsOf(ended: Ended): string[] {
  return [
    ...(receiver.values('orders').includes(3) ? ['otlp'] : []),
    ...(ended.said<State>().url === null ? [] : ['prometheus']),
    ...(ended.stdout.includes("name: 'orders'") ? ['console'] : []),
  ];
}

const service = (options: OtelPerfOptions, variables: Record<string, string | undefined>) =>
  run('service.mjs', { args: [JSON.stringify(options)], env: { ...env, ...variables } });

describe('metrics go', () => {
  test.each<[string, OtelPerfOptions, string | undefined, string[]]>([
    ['to OTLP and to the endpoint by default', {}, undefined, ['otlp', 'prometheus']],
    ['so too where the variable is empty', {}, ' ', ['otlp', 'prometheus']],
    ['where the options say', { otlp: false }, undefined, ['prometheus']],
    ['where the options say otherwise', { prometheus: false }, '', ['otlp']],
    ['where the variable says, before the options', { otlp: false, prometheus: { path: '/x' } }, 'otlp', ['otlp']],
    ['to all that a list names', { otlp: false, prometheus: false }, 'prometheus, console,otlp,', ['otlp', 'prometheus', 'console']],
    ['nowhere', {}, 'none', []],
    ['nowhere also where the list has more', {}, 'none,otlp', []],
  ])('%s', async (_, options, OTEL_METRICS_EXPORTER, expected) => {
    const ended = await service(options, { OTEL_METRICS_EXPORTER });
    expect(destinationsOf(ended)).toEqual(expected);
    expect([ended.end, ended.stderr]).toEqual(['code 0', '']);
  });

  test('where the known words of a list say, and the others are told of', async () => {
    const ended = await service({}, { OTEL_METRICS_EXPORTER: 'promteheus,otlp' });
    expect(destinationsOf(ended)).toEqual(['otlp']);
    expect(ended.warnings).toEqual([expect.stringMatching(/^\[bad-variable\] OTEL_METRICS_EXPORTER has promteheus, which/)]);
  });
});

describe('OTLP', () => {
  test.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, 'OTEL_EXPORTER_OTLP_ENDPOINT'],
    [{ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: '10.0.0.5:4318' }, 'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT'],
  ])('goes nowhere, which is told of, rather than to this machine: %j', async (variables, name) => {
    const ended = await service({ prometheus: false }, variables);
    expect(ended.warnings).toEqual([expect.stringContaining(`[bad-exporter] Metrics are not pushed: ${name} is no URL`)]);
    expect(ended.end).toBe('code 0');
  });

  const received = () => receiver.requests.map(({ path, headers }) => [path, headers['content-type']]);

  test('as protobuf by default, with a path and headers as the specification says', async () => {
    await service({ prometheus: false }, { OTEL_EXPORTER_OTLP_PROTOCOL: '', OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=one' });
    expect(received()).toEqual([['/v1/metrics', 'application/x-protobuf']]);
    expect(countersIn(receiver.requests[0]!.body)).toMatchObject({ orders: 3, calls: 2 });
    expect(receiver.requests[0]!.headers['x-tenant']).toBe('one');
  });

  test('by the protocol for metrics, before the one for all', async () => {
    await service({ prometheus: false }, { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_METRICS_PROTOCOL: 'http/json' });
    expect(received()).toEqual([['/v1/metrics', 'application/json']]);
    expect(receiver.values('orders')).toEqual([3]);
  });

  test('for as long as OTEL_METRIC_EXPORT_TIMEOUT says', async () => {
    const hanging = new Receiver({ hangs: true });
    const to = { ...(await hanging.listen()), OTEL_METRIC_EXPORT_TIMEOUT: '50', OTEL_EXPORTER_OTLP_TIMEOUT: '500' };
    const ended = await service({ reader: { exportTimeoutMillis: 600_000 } }, to);
    expect(ended.warnings).toEqual([
      expect.stringContaining('could not deliver metrics: OTLPMetricExporter.export took longer than 50 ms.'),
    ]);
    expect(ended.end).toBe('code 0');
  });

  test('by gRPC', async () => {
    const server = new GrpcReceiver();
    const endpoint = await server.listen();
    const to = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
    const ended = await service({ prometheus: false }, to).finally(() => server.close());
    expect(server.calls.map(({ orders, calls }) => ({ orders, calls }))).toEqual([{ orders: 3, calls: 2 }]);
    expect(ended.stderr).toBe('');
  });
});
