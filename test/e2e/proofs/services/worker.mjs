// Does pieces of work when it is asked to. Nothing in it is about how it ends.
import { createServer } from 'node:http';
import { getMetricsCollector } from '@otel-perf/metrics';
import { timeBlock } from '@otel-perf/timing';

const pieces = getMetricsCollector().series({ name: 'pieces', type: 'counter', source: 'worker' });
let done = 0;

createServer((request, response) => {
  if (request.method === 'POST') {
    timeBlock('work', () => pieces.record(1));
    done++;
  }
  response.end(String(done));
}).listen(Number(process.env.PORT), '127.0.0.1');
