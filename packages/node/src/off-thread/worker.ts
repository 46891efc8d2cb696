import { parentPort, workerData } from 'node:worker_threads';
import { Arena, createTextHandler, wholeText } from '@otel-perf/meter-provider/serve-parts';
import { Environment } from '../options/environment.ts';
import { PrometheusEndpoint } from '../serve/endpoint.ts';
import { letOthersGoFirst } from './priority.ts';
import type { Order, Report, WorkerStart } from './protocol.ts';
import { RelayedProblems } from './relayed-problems.ts';
import { Room } from './room.ts';
import { textOf } from './text.ts';
import { logAsAsked } from '../wire/log-level.ts';

/** Runs in the telemetry worker: serves and pushes what all threads have recorded, whatever they are doing meanwhile. */

const start = workerData as WorkerStart;
const port = parentPort!;
const post = (report: Report): void => port.postMessage(report);
const problems = new RelayedProblems(post);
const environment = new Environment(process.env, problems);
const arena = new Arena(start.arena);
const recorded = { arena, room: new Room(arena, problems), start };
logAsAsked(environment);

const serve = (): PrometheusEndpoint | undefined => {
  if (start.endpoint === undefined) return undefined;
  const source = textOf(recorded, start.endpoint.text);
  const onScrape = (): void => post({ kind: 'scraped' });
  const text = (): AsyncIterable<Uint8Array> => {
    onScrape();
    return wholeText(source.render('text', undefined));
  };
  return new PrometheusEndpoint({ handler: createTextHandler(source, onScrape), text }, start.endpoint, problems);
};

const endpoint = serve();
// With the SDK, of which serving has no need: memory, and time to start.
const push = start.push && (await (await import('./push.ts')).openPush(start.push, recorded, environment, problems, post));
await endpoint?.ready;

let orders: Promise<unknown> = Promise.resolve();
port.on('message', (order: Order) => {
  orders = orders.then(() => carryOut(order));
});
await letOthersGoFirst();
post({ kind: 'ready', url: endpoint?.url, port: endpoint?.port });

async function carryOut({ kind, id }: Order): Promise<void> {
  // What goes wrong in an export was told.
  if (kind === 'flush') await push?.forceFlush().catch(() => {});
  else await Promise.all([endpoint?.close(), push?.shutdown().catch(() => {})]);
  Atomics.store(start.done, 0, id);
  Atomics.notify(start.done, 0);
  post({ kind: 'done', id });
}
