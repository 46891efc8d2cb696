import { join } from 'node:path';
import { metrics } from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { formatReport, PerformanceMetricReader } from '@otel-perf/metrics';
import { describeDecisions, describeMemory, describeSummary } from './cli/describe.ts';
import { findImages, prepareOut } from './cli/files.ts';
import { Interruption } from './cli/interruption.ts';
import { readOptions, USAGE, type CliOptions } from './cli/options.ts';
import { readFiles } from './cli/read-files.ts';
import { OcrPipeline } from './pipeline/ocr-pipeline.ts';
import { OcrServer } from './serve/ocr-server.ts';

interface Task extends CliOptions {
  readonly files: readonly string[];
}

/** Pages take long, so that there are fewer than an optimizer wants by default, and this thread is busy with each for some time. */
const ADAPTING = { minItems: 4, intervalSeconds: 0.5, eventLoopThresholdSeconds: 0.5 } as const;

async function main(): Promise<void> {
  const task = await parse();
  const interruption = new Interruption();
  const reader = new PerformanceMetricReader();
  const provider = new MeterProvider({ readers: [reader] });
  metrics.setGlobalMeterProvider(provider);
  const ocr = await OcrPipeline.open();
  const optimizer = task.adapt ? ocr.optimizer(ADAPTING) : undefined;
  optimizer?.start();

  const conclusion = task.serve ? await serve(ocr, reader, task, interruption) : await readAll(ocr, task, interruption);
  await optimizer?.stop();
  await ocr.drain();
  // While the pipeline is open, so that its metrics are read with the others.
  console.log(formatReport(await reader.report(), { width: process.stdout.columns ?? 140 }));
  await writeExports(reader, task.out);
  console.log(conclusion);
  if (optimizer !== undefined) console.log(describeDecisions(optimizer.decisions));
  console.log(describeMemory(await ocr.close()));
  console.log(`Wrote metrics.json, metrics.csv and metrics.prom to ${task.out}`);
  await provider.shutdown();
  if (interruption.status !== undefined) process.exitCode = interruption.status;
}

async function parse(): Promise<Task> {
  try {
    const options = readOptions(process.argv.slice(2));
    if (options !== 'help') {
      const files = options.serve ? [] : await findImages(options.paths);
      await prepareOut(options.out);
      return { ...options, files };
    }
    console.log(USAGE);
    process.exit(0);
  } catch (error) {
    console.error((error as Error).message);
    process.exit(2);
  }
}

async function readAll(ocr: OcrPipeline, { files }: Task, { signal }: Interruption): Promise<string> {
  const summary = await readFiles(ocr, files, signal);
  if (summary.failed > 0) process.exitCode = 1;
  return describeSummary(summary, files.length);
}

async function serve(ocr: OcrPipeline, reader: PerformanceMetricReader, { port }: Task, interruption: Interruption): Promise<string> {
  const server = await listen(ocr, reader, port);
  console.log(`Serving ${server.url}/ocr, /metrics and /healthz until Ctrl+C`);
  await interruption.wait();
  await server.close();
  return 'Served until it was interrupted.';
}

async function listen(ocr: OcrPipeline, reader: PerformanceMetricReader, port: number): Promise<OcrServer> {
  try {
    return await OcrServer.listen(ocr, reader, { port });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    console.error(code === 'EADDRINUSE' ? `Port ${port} is in use; choose another with --port.` : message);
    await ocr.close();
    process.exit(1);
  }
}

async function writeExports(reader: PerformanceMetricReader, out: string): Promise<void> {
  await Promise.all([
    reader.exportToJson(join(out, 'metrics.json')),
    reader.exportToCsv(join(out, 'metrics.csv')),
    reader.exportToPrometheus(join(out, 'metrics.prom')),
  ]);
}

// Whoever reads our output may have seen enough, as in `npm start | head`: the files are written all the same.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});
await main();
