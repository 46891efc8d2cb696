import { expect, test } from '@jest/globals';
import { describeWithServers } from '../servers/available.ts';
import { startCollector } from '../servers/collector.ts';
import { startShippedPrometheus } from '../servers/shipped-prometheus.ts';
import { waitUntil } from '../servers/wait-until.ts';
import { repeat, send } from './load.ts';
import { startProgram } from './program.ts';

describeWithServers('two services by way of an agent and a gateway', ['collector', 'prometheus'], () => {
  test('are added up, and told apart by instance', async () => {
    await using gateway = await startCollector('gateway');
    await using agent = await startCollector('agent', { gateway: `127.0.0.1:${gateway.ports.grpc}` });
    await using prometheus = await startShippedPrometheus({ collectors: [`127.0.0.1:${gateway.ports.prometheus}`] });
    const start = (protocol: string, port: number, more: Readonly<Record<string, string>>) =>
      startProgram('worker.mjs', {
        env: {
          ...more,
          OTEL_SERVICE_NAME: 'worker',
          OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
          OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
          OTEL_METRIC_EXPORT_INTERVAL: '1000',
        },
      });
    await using named = await start('http/protobuf', agent.ports.http, { OTEL_RESOURCE_ATTRIBUTES: 'service.instance.id=replica-1' });
    await using unnamed = await start('grpc', agent.ports.grpc, {});
    await Promise.all([named, unnamed].map((service) => service.answersAt('/')));

    await Promise.all([repeat(300, 5, () => send('POST', named.url)), repeat(700, 5, () => send('POST', unnamed.url))]);

    await waitUntil(
      'all that was done',
      async () => (await prometheus.query('sum by (job) (pieces_total)')).some(({ value }) => value === 1000),
      { details: () => agent.logs() + gateway.logs() },
    );
    for (const metric of ['pieces_total', 'work_time_seconds_count']) {
      // oxlint-disable-next-line no-await-in-loop -- there are two
      expect(await prometheus.query(`sum by (job) (${metric})`)).toMatchObject([{ labels: { job: 'worker' }, value: 1000 }]);
      // oxlint-disable-next-line no-await-in-loop -- there are two
      const instances = await prometheus.query(`sort(${metric}{job="worker"})`);
      expect(instances).toMatchObject([
        { labels: { instance: 'replica-1' }, value: 300 },
        // Every process has an id, of its own where it is not given one.
        { labels: { instance: expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/) }, value: 700 },
      ]);
    }
  });
});
