import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { run } from '../run.ts';

const ENV = { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: '0' };
const testOnLinux = process.platform === 'linux' ? test : test.skip;

testOnLinux('the telemetry worker, and no other thread of the process, lets the service go first', async () => {
  const ended = await run(join(import.meta.dirname, 'fixtures/priorities.mjs'), { env: ENV });
  const threads = ended.said<readonly { thread: string; nice: number }[]>();
  const own = threads.find(({ thread }) => thread !== 'otel-perf')!.nice;
  const lowered = threads.filter(({ nice }) => nice !== own);
  expect(lowered).toEqual([{ thread: 'otel-perf', nice: Math.min(own + 10, 19) }]);
  expect(threads.map(({ thread }) => thread)).toContain('libuv-worker');
});
