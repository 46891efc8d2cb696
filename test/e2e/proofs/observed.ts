import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from '../servers/free-ports.ts';
import { temporaryFolder } from '../servers/temporary-folder.ts';
import { waitUntil } from '../servers/wait-until.ts';
import { fromPrometheus } from './http-counts.ts';
import { repeat, send } from './load.ts';
import { startProgram } from './program.ts';

/** What the probe wrote of a service, and what its endpoint served. */
export interface Observed {
  readonly files: Readonly<Record<'snapshot.json' | 'report.json' | 'report.txt' | 'export.json' | 'export.csv' | 'export.prom', string>>;
  readonly endpoint: string;
  readonly logs: string;
}

/** Requests by which a plain service is observed: status and number by path. */
const REQUESTS = [
  ['/hello', 200, 6],
  ['/items/1', 200, 2],
  ['/items/2', 200, 3],
  ['/items/0', 500, 2],
  ['/missing', 404, 3],
] as const;

/** Of the requests above, and the one by which we know that the service is up. */
export const ANSWERS = { hello: 7, items: 5, failed: 2, missing: 3 };

/** Runs a plain service with the probe beside it, sends it the requests and gives what otel-perf saw. */
export async function observe(script: string, preload: readonly string[], env: Readonly<Record<string, string>>): Promise<Observed> {
  const folder = temporaryFolder('probe');
  const file = (name: string) => join(folder.path, name);
  const [nobody] = await freePorts(1);
  const program = await startProgram(script, {
    preload: [...preload, '--import', './proofs/services/probe.mjs'],
    env: {
      ...env,
      PROBE_FOLDER: folder.path,
      OTEL_SERVICE_NAME: 'plain',
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${nobody}`,
      // All but those that ask the clouds where they are.
      OTEL_NODE_RESOURCE_DETECTORS: 'env,host,os,process',
    },
  });
  const served = async () => (await fetch(`http://${program.prometheusTarget}/metrics`)).text();
  try {
    await program.answersAt('/hello');
    for (const [path, status, times] of REQUESTS) {
      // oxlint-disable-next-line no-await-in-loop -- a few
      await repeat(times, 2, () => send('GET', program.url + path, status));
    }
    // Instrumentations record when a response is closed, of which its client knows nothing.
    await waitUntil('all requests', async () => sum(fromPrometheus(await served())) === sum(ANSWERS));
    process.kill(program.pid, 'SIGUSR2');
    await waitUntil('the probe', () => existsSync(file('done')), { details: () => program.logs() });
    const read = (name: string) => readFileSync(file(name), 'utf8');
    return {
      files: {
        'snapshot.json': read('snapshot.json'),
        'report.json': read('report.json'),
        'report.txt': read('report.txt'),
        'export.json': read('export.json'),
        'export.csv': read('export.csv'),
        'export.prom': read('export.prom'),
      },
      endpoint: await served(),
      logs: program.logs(),
    };
  } finally {
    // Not SIGTERM: auto-instrumentations-node listens for it and does not end the process.
    await program.kill();
    folder.remove();
  }
}

function sum(numbers: Readonly<Record<string, number>>): number {
  return Object.values(numbers).reduce((a, b) => a + b, 0);
}
