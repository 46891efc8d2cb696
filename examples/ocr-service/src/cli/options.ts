import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface CliOptions {
  /** Files and folders. */
  readonly paths: readonly string[];
  /** Where the three exports go. */
  readonly out: string;
  readonly serve: boolean;
  readonly port: number;
  readonly adapt: boolean;
}

export const USAGE = `Usage: npm start -- [FOLDER|FILE ...] [--out FOLDER] [--serve [--port N]] [--adapt]

Reads the text in images (default: the samples of this example), prints it and a report, and writes metrics.json, metrics.csv and
metrics.prom into the --out folder (default: the current one). Of folders, all images below them are read.

  --serve    take images by POST /ocr on http://127.0.0.1:8080 instead, and serve GET /metrics and GET /healthz, until Ctrl+C
  --port N   another port, 0 for one that is free
  --adapt    let an optimizer find the recogniser's workers and threads, and print what it decided`;

const SAMPLES = join(import.meta.dirname, '..', '..', 'samples');

/** @throws Error with a message of one line for the user. */
export function readOptions(args: readonly string[]): CliOptions | 'help' {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      out: { type: 'string', default: '.' },
      serve: { type: 'boolean', default: false },
      port: { type: 'string' },
      adapt: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { out, serve, port, adapt, help } = values;
  if (help) return 'help';
  if (serve && positionals.length > 0) throw new Error(`--serve takes images over HTTP, and no ${positionals[0]}`);
  if (!serve && port !== undefined) throw new Error('--port is that of --serve');
  return {
    paths: positionals.length === 0 ? [SAMPLES] : positionals,
    out: resolve(out),
    serve,
    port: portOf(port ?? '8080'),
    adapt,
  };
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new Error(`--port must be a whole number from 0 to 65535, not ${text}`);
  return port;
}
