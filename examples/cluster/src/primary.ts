import cluster, { type Address } from 'node:cluster';
import { once } from 'node:events';

async function startWorker(): Promise<number> {
  const worker = cluster.fork();
  const [[metricsUrl], [address]] = (await Promise.all([once(worker, 'message'), once(worker, 'listening')])) as [[string], [Address]];
  console.log(`Worker ${worker.id}: ${metricsUrl}`);
  return address.port;
}

const [port] = await Promise.all(Array.from({ length: Number(process.argv[2] ?? 2) }, startWorker));
console.log(`Listening on http://127.0.0.1:${port}`);
process.once('SIGTERM', () => cluster.disconnect());
