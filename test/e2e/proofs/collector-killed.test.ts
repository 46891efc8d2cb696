import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { describeWithServers } from '../servers/available.ts';
import { startCollector } from '../servers/collector.ts';
import { startShippedPrometheus } from '../servers/shipped-prometheus.ts';
import { waitUntil } from '../servers/wait-until.ts';
import { json, send } from './load.ts';
import { startProgram, type RunningProgram } from './program.ts';

const AWAY_MILLIS = 30_000;

/** Has the program work without a break until `stop`; gives how many pieces it did. */
async function work({ url }: RunningProgram, stop: AbortSignal): Promise<number> {
  let sent = 0;
  /* oxlint-disable no-await-in-loop -- one after the other, as a client of the service */
  for (; !stop.aborted; sent++) {
    await send('POST', url);
    await sleep(5);
  }
  /* oxlint-enable no-await-in-loop */
  return sent;
}

describeWithServers('a Collector that is killed and comes back', ['collector', 'prometheus'], () => {
  test('costs a service under load neither data nor rest', async () => {
    await using collector = await startCollector('single');
    await using prometheus = await startShippedPrometheus({ collectors: [`127.0.0.1:${collector.ports.prometheus}`] });
    const start = (job: string, protocol: string, port: number) =>
      startProgram('worker.mjs', {
        env: {
          OTEL_SERVICE_NAME: job,
          OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
          OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
          OTEL_METRIC_EXPORT_INTERVAL: '1000',
        },
      });
    await using byHttp = await start('by-http', 'http/protobuf', collector.ports.http);
    await using byGrpc = await start('by-grpc', 'grpc', collector.ports.grpc);
    const services = [byHttp, byGrpc];
    await Promise.all(services.map((service) => service.answersAt('/')));

    const total = async (metric: string, job: string) => (await prometheus.query(`sum(${metric}{job="${job}"})`))[0]?.value ?? 0;
    const totals = (metric = 'pieces_total') => Promise.all(['by-http', 'by-grpc'].map((job) => total(metric, job)));

    const stop = new AbortController();
    const load = Promise.all(services.map((service) => work(service, stop.signal)));
    // Should it fail while something else is waited for.
    load.catch(() => {});
    await waitUntil('data of both', async () => (await totals()).every((each) => each > 100));
    await collector.kill();
    await sleep(AWAY_MILLIS);
    const doneMeanwhile = await Promise.all(services.map(({ url }) => json<number>(url)));
    await collector.restart();
    await waitUntil('data of both again', async () => (await totals()).every((each, i) => each > doneMeanwhile[i]!));
    stop.abort();
    const sent = await load;

    expect(await Promise.all(services.map(({ url }) => json<number>(url)))).toEqual(sent);
    await waitUntil('all that was sent', async () => {
      expect(await totals()).toEqual(sent);
      expect(await totals('work_time_seconds_count')).toEqual(sent);
      return true;
    });
    expect(await prometheus.query('resets(pieces_total[10m]) > 0')).toEqual([]);
    for (const service of services) {
      expect(service.logs().match(/OtelPerfWarning: .*/g)).toEqual([expect.stringContaining('could not deliver metrics')]);
    }
  });
});
