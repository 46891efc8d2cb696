import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface CorpusOptions {
  readonly directories: readonly string[];
  /** Files in work at once. */
  readonly concurrency: number;
  /** Where the three exports go. */
  readonly out: string;
  readonly serve: boolean;
  readonly port: number;
}

export const USAGE = `Usage: node examples/corpus/dist/main.js [DIRECTORY ...] [--concurrency N] [--out DIRECTORY] [--serve] [--port N]

Reads, hashes, compresses and tokenises every file below the directories (default: the sources and documentation of this checkout)
but for those in .git, node_modules, dist and coverage, prints a report and writes metrics.json, metrics.csv and metrics.prom into the
--out directory (default: the current one). With --serve it then keeps http://localhost:9464/metrics up.`;

const CHECKOUT = join(import.meta.dirname, '..', '..', '..');

/** @throws Error with a message for the user. */
export function readOptions(args: readonly string[]): CorpusOptions | 'help' {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      concurrency: { type: 'string' },
      out: { type: 'string', default: '.' },
      serve: { type: 'boolean', default: false },
      port: { type: 'string', default: '9464' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    directories: positionals.length === 0 ? [CHECKOUT] : positionals.map((path) => resolve(path)),
    concurrency: values.concurrency === undefined ? availableParallelism() * 2 : integer('--concurrency', values.concurrency, 1, 1024),
    out: resolve(values.out),
    serve: values.serve,
    port: integer('--port', values.port, 0, 65_535),
  };
}

function integer(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new Error(`${option} must be a whole number from ${least} to ${most}, not ${text}`);
  return value;
}
