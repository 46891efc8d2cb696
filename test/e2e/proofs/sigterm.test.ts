import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeWithServers } from '../servers/available.ts';
import { startCollector, type RunningCollector } from '../servers/collector.ts';
import { freePorts } from '../servers/free-ports.ts';
import { waitUntil } from '../servers/wait-until.ts';
import { repeat, send } from './load.ts';
import { startProgram, type RunningProgram } from './program.ts';

const BURST = 500;
const OF_JOB = 1000;

describeWithServers('the last values of a process that ends', ['collector'], () => {
  let collector: RunningCollector;

  beforeAll(async () => {
    collector = await startCollector('single');
  });

  afterAll(() => collector?.stop());

  /** What Prometheus would scrape from the Collector of a job. */
  async function valueOf(series: string, job: string): Promise<number | undefined> {
    const text = await (await fetch(collector.prometheusUrl)).text();
    const value = new RegExp(`^${series}\\{[^}]*job="${job}"[^}]*\\} (\\S+)$`, 'm').exec(text)?.[1];
    return value === undefined ? undefined : Number(value);
  }

  async function expectArrived(job: string, pieces: number): Promise<void> {
    await waitUntil(`${pieces} pieces of ${job}`, async () => (await valueOf('pieces_total', job)) === pieces);
    expect(await valueOf('work_time_seconds_count', job)).toBe(pieces);
  }

  describe.each([
    ['http/protobuf', 'http'],
    ['grpc', 'grpc'],
  ] as const)('pushed by %s', (protocol, receiver) => {
    const start = (script: string, job: string, env: Readonly<Record<string, string>>): Promise<RunningProgram> =>
      startProgram(script, {
        env: {
          OTEL_SERVICE_NAME: job,
          OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
          OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.ports[receiver]}`,
          // So that no export comes of itself while a test runs.
          OTEL_METRIC_EXPORT_INTERVAL: '60000',
          ...env,
        },
      });

    /** How the program ended after a burst of work and SIGTERM right behind it, and what it printed. */
    async function endedAfterBurst(script: string, job: string, env: Readonly<Record<string, string>>): Promise<string[]> {
      await using program = await start(script, job, env);
      await program.answersAt('/');
      await repeat(BURST, 10, () => send('POST', program.url));
      await program.kill('SIGTERM');
      return [await program.ended, program.logs()];
    }

    const FLUSH = { OTEL_PERF_FLUSH_ON_EXIT: 'true' };

    test('arrive when SIGTERM ends it', async () => {
      const job = `worker-${receiver}`;
      expect(await endedAfterBurst('worker.mjs', job, FLUSH)).toEqual(['SIGTERM', '']);
      await expectArrived(job, BURST);
    });

    test('arrive when it has a handler of its own, with what it does after the signal', async () => {
      const job = `tidy-worker-${receiver}`;
      expect(await endedAfterBurst('tidy-worker.mjs', job, FLUSH)).toEqual(['code 0', '']);
      await expectArrived(job, BURST + 1);
    });

    test('arrive when it has nothing left to do', async () => {
      const job = `job-${receiver}`;
      await using program = await start('job.mjs', job, FLUSH);
      expect([await program.ended, program.logs()]).toEqual(['code 0', '']);
      await expectArrived(job, OF_JOB);
    });

    test('do not keep it when there is no Collector', async () => {
      const [port] = await freePorts(1);
      const env = { ...FLUSH, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` };
      const [end] = await endedAfterBurst('worker.mjs', `alone-${receiver}`, env);
      expect(end).toBe('SIGTERM');
    });

    test('are lost when it is not asked to flush', async () => {
      const job = `unasked-${receiver}`;
      expect(await endedAfterBurst('worker.mjs', job, {})).toEqual(['SIGTERM', '']);
      // What came later is there.
      const later = `later-${receiver}`;
      await using program = await start('job.mjs', later, FLUSH);
      await program.ended;
      await expectArrived(later, OF_JOB);
      expect(await valueOf('pieces_total', job)).toBeUndefined();
    });
  });
});
