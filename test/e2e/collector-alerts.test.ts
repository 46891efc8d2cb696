import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { describeWithServers } from './servers/available.ts';
import { startCollector, type CollectorName, type CollectorOptions, type RunningCollector } from './servers/collector.ts';
import type { RunningPrometheus } from './servers/prometheus.ts';
import { pushHistograms } from './servers/push.ts';
import { startShippedPrometheus } from './servers/shipped-prometheus.ts';
import { waitUntil } from './servers/wait-until.ts';

/** About 1.3 MB as protobuf. */
const POINTS = 3000;

/** Collectors in trouble: the alerts are to know them by what real ones expose. */
describeWithServers('alerts on the Collector', ['collector', 'prometheus'], () => {
  const running: AsyncDisposable[] = [];
  const instances: Record<string, string> = {};
  let prometheus: RunningPrometheus;
  let pusher: NodeJS.Timeout;

  async function start(trouble: string, name: CollectorName, options: CollectorOptions): Promise<RunningCollector> {
    const collector = await startCollector(name, options);
    running.push(collector);
    instances[trouble] = `127.0.0.1:${collector.ports.self}`;
    return collector;
  }

  beforeAll(async () => {
    const short = await start('short of memory', 'single', {
      set: ['processors.memory_limiter.limit_mib=2', 'processors.memory_limiter.spike_limit_mib=1'],
    });
    const picky = await start('with a narrow limit', 'gateway', { set: ['receivers.otlp.protocols.grpc.max_recv_msg_size_mib=1'] });
    const cut = await start('cut off', 'agent', { set: ['exporters.otlp_grpc.sending_queue.queue_size=2097152'] });
    const refused = await start('refused by its gateway', 'agent', { gateway: `127.0.0.1:${picky.ports.grpc}` });
    const well = await start('well', 'single', {});
    const dead = await start('dead', 'single', {});
    prometheus = await startShippedPrometheus({ collectorsThemselves: Object.values(instances) });
    running.push(prometheus);

    const push = () => {
      for (const { otlpHttpUrl } of [short, cut, refused, well]) pushHistograms(otlpHttpUrl, POINTS).catch(() => {});
    };
    pusher = setInterval(push, 1000);
    await waitUntil('the first scrape of each', async () => (await prometheus.query('up == 1')).length === Object.keys(instances).length);
    await dead.kill();
  });

  afterAll(async () => {
    clearInterval(pusher);
    await Promise.all(running.map((each) => each[Symbol.asyncDispose]()));
  });

  test.each([
    ['CollectorDown', 'dead'],
    ['CollectorCannotDeliver', 'cut off'],
    ['CollectorQueueFilling', 'cut off'],
    ['CollectorRefuses', 'cut off'],
    ['CollectorRefuses', 'short of memory'],
    ['CollectorShortOfMemory', 'short of memory'],
    ['CollectorGivesUp', 'refused by its gateway'],
  ])('%s knows a Collector that is %s', async (alertname, trouble) => {
    const selector = `ALERTS{alertname="${alertname}", instance="${instances[trouble]}"}`;
    await waitUntil(selector, async () => (await prometheus.query(selector)).length > 0);
  });

  // No trouble that a test can make is a failure of this kind.
  test('CollectorFails looks at a counter that there is', async () => {
    const [counted] = await prometheus.query(`otelcol_receiver_failed_metric_points{instance="${instances['well']}"}`);
    expect(counted).toMatchObject({ value: 0 });
  });

  test('a Collector that is well has none', async () => {
    expect(await prometheus.query(`ALERTS{instance="${instances['well']}"}`)).toEqual([]);
    expect((await prometheus.rules()).filter(({ health }) => health === 'err')).toEqual([]);
  });
});
