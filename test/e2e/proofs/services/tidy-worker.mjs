// Closes its server when it is told to end, finishes what is under way, and ends when nothing is left to do.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { getMetricsCollector } from '@otel-perf/metrics';
import { timeBlock } from '@otel-perf/timing';

const pieces = getMetricsCollector().series({ name: 'pieces', type: 'counter', source: 'worker' });
let done = 0;

const server = createServer((request, response) => {
  if (request.method === 'POST') {
    timeBlock('work', () => pieces.record(1));
    done++;
  }
  response.setHeader('connection', 'close').end(String(done));
});
server.listen(Number(process.env.PORT), '127.0.0.1');

process.once('SIGTERM', async () => {
  server.close();
  await sleep(1000);
  timeBlock('work', () => pieces.record(1));
});
