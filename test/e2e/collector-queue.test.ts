import { expect, test } from '@jest/globals';
import { describeWithServers } from './servers/available.ts';
import { startCollector } from './servers/collector.ts';
import { freePorts } from './servers/free-ports.ts';
import { pushHistograms } from './servers/push.ts';
import { waitUntil } from './servers/wait-until.ts';

const PUSHES = 8;
const POINTS = 2500;

describeWithServers('what queued up in an agent while its gateway was away', ['collector'], () => {
  // 10 MB of it: by the number of data points alone, batches came out larger than a gRPC receiver takes, and were lost.
  test('arrives whole, however large the data points are', async () => {
    const [grpc = 0] = await freePorts(1);
    await using agent = await startCollector('agent', { gateway: `127.0.0.1:${grpc}` });
    for (let i = 0; i < PUSHES; i++) {
      // oxlint-disable-next-line no-await-in-loop -- as a service pushes
      expect(await pushHistograms(agent.otlpHttpUrl, POINTS, i * POINTS)).toBe(200);
    }
    // What a gateway that is not ours takes.
    const set = ['receivers.otlp.protocols.grpc.max_recv_msg_size_mib=4'];
    await using gateway = await startCollector('gateway', { ports: { grpc }, set });
    const arrived = async () => (await (await fetch(gateway.prometheusUrl)).text()).match(/^pushed_time_seconds_count\{/gm)?.length;
    await waitUntil('all series to arrive', async () => (await arrived()) === PUSHES * POINTS, { details: () => agent.logs() });
  });
});
