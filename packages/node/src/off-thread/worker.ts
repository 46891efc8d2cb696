import { parentPort, workerData } from 'node:worker_threads';
import { serveParts } from '@otel-perf/meter-provider';
import { Environment } from '../options/environment.ts';
import { PrometheusEndpoint } from '../serve/endpoint.ts';
import { openPush } from './push.ts';
import type { Order, Report, WorkerStart } from './protocol.ts';
import { RelayedProblems } from './relayed-problems.ts';
import { Telemetry } from './telemetry.ts';
import { logAsAsked } from '../wire/log-level.ts';

/** Runs in the telemetry worker: serves and pushes what all threads have recorded, whatever they are doing meanwhile. */

const start = workerData as WorkerStart;
const port = parentPort!;
const post = (report: Report): void => port.postMessage(report);
const problems = new RelayedProblems(post);
const environment = new Environment(process.env, problems);
const telemetry = new Telemetry(start, problems);
logAsAsked(environment);

const serve = (): PrometheusEndpoint | undefined => {
  if (start.endpoint === undefined) return undefined;
  const source = telemetry.text(start.endpoint.text);
  const onScrape = (): void => post({ kind: 'scraped' });
  const text = (): AsyncIterable<Uint8Array> => {
    onScrape();
    return serveParts.wholeText(source.render('text', undefined));
  };
  return new PrometheusEndpoint({ handler: serveParts.createTextHandler(source, onScrape), text }, start.endpoint, problems);
};

const endpoint = serve();
const push =
  start.push && (await openPush(start.push, (reader) => telemetry.producer(reader), start.isReplacement, environment, problems, post));
await endpoint?.ready;

let orders: Promise<unknown> = Promise.resolve();
port.on('message', (order: Order) => {
  orders = orders.then(() => carryOut(order));
});
post({ kind: 'ready', url: endpoint?.url, port: endpoint?.port });

async function carryOut({ kind, id }: Order): Promise<void> {
  // What goes wrong in an export was told.
  if (kind === 'flush') await push?.forceFlush().catch(() => {});
  else await Promise.all([endpoint?.close(), push?.shutdown().catch(() => {})]);
  Atomics.store(start.done, 0, id);
  Atomics.notify(start.done, 0);
  post({ kind: 'done', id });
}
