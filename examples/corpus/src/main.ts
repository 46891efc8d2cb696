import { createServer } from 'node:http';
import { access, constants, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { metrics } from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { createMetricsHandler, formatReport, PerformanceMetricReader } from '@otel-perf/metrics';
import { readOptions, USAGE, type CorpusOptions } from './options.ts';
import { runCorpus, type CorpusResult } from './run.ts';

async function main(): Promise<void> {
  const options = await parse();
  const reader = new PerformanceMetricReader();
  const provider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(provider);

  const result = await runCorpus(options);
  for (const { path, message } of result.problems) console.error(`${path}: ${message}`);
  console.log(formatReport(await reader.report(), { width: process.stdout.columns }));
  console.log(describe(result));

  await Promise.all([
    reader.exportToJson(join(options.out, 'metrics.json')),
    reader.exportToCsv(join(options.out, 'metrics.csv')),
    reader.exportToPrometheus(join(options.out, 'metrics.prom')),
  ]);
  console.log(`Wrote metrics.json, metrics.csv and metrics.prom to ${options.out}`);

  if (options.serve) serve(reader, options.port);
  else await provider.shutdown();
  if (result.files === 0) process.exitCode = 1;
}

async function parse(): Promise<CorpusOptions> {
  try {
    const options = readOptions(process.argv.slice(2));
    if (options !== 'help') {
      await prepare(options.out);
      return options;
    }
    console.log(USAGE);
    process.exit(0);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}

/** Before the work, so that it is not in vain. @throws Error with a message for the user. */
async function prepare(out: string): Promise<void> {
  try {
    await mkdir(out, { recursive: true });
    await access(out, constants.W_OK);
  } catch (error) {
    throw new Error(`--out must be a directory that can be written to, not ${out} (${(error as Error).message})`, { cause: error });
  }
}

function describe({ files, bytes, compressedBytes, tokens, problems }: CorpusResult): string {
  const megabytes = (value: number) => `${(value / 1e6).toFixed(2)} MB`;
  return (
    `Processed ${files} files: ${megabytes(bytes)}, ${megabytes(compressedBytes)} compressed, ${tokens} tokens` +
    (problems.length === 0 ? '.' : `; ${problems.length} could not be processed, see above.`)
  );
}

function serve(reader: PerformanceMetricReader, port: number): void {
  const handler = createMetricsHandler(reader);
  const server = createServer((request, response) => {
    if (request.url?.split('?')[0] === '/metrics') handler(request, response);
    else response.writeHead(404, { 'content-type': 'text/plain' }).end('See /metrics\n');
  });
  server.on('error', (error: NodeJS.ErrnoException) => {
    console.error(error.code === 'EADDRINUSE' ? `Port ${port} is in use; choose another with --port.` : error.message);
    process.exitCode = 1;
  });
  server.listen(port, '127.0.0.1', () => {
    const address = server.address();
    console.log(`Serving http://localhost:${typeof address === 'object' ? address?.port : port}/metrics until Ctrl+C`);
  });
}

// Whoever reads our output may have seen enough, as in `npm start | head`: the files are written all the same.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
await main();
