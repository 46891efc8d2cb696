import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { metrics } from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { formatReport, PerformanceMetricReader } from '@otel-perf/metrics';
import { SpeechDetector } from './detector.ts';
import { SAMPLE_RATE } from './format.ts';
import { speechSegments } from './speech.ts';
import { readWav } from './wav.ts';

const SAMPLE = join(import.meta.dirname, '..', 'samples', 'two-sentences.wav');
/** Recordings in memory at a time. */
const AT_ONCE = 32;

const { positionals } = parseArgs({ allowPositionals: true });
const files = positionals.length > 0 ? positionals : [SAMPLE];

const reader = new PerformanceMetricReader();
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));

async function describe(file: string, detector: SpeechDetector): Promise<string> {
  const samples = readWav(await readFile(file));
  const segments = speechSegments(await detector.probabilities(samples), samples.length);
  const lines = segments.map(
    ({ start, end, probability }) => `  ${start.toFixed(2)} s – ${end.toFixed(2)} s speech, mean probability ${probability.toFixed(2)}`,
  );
  const heard = lines.length > 0 ? lines : ['  no speech'];
  return [`${basename(file)}, ${(samples.length / SAMPLE_RATE).toFixed(2)} s`, ...heard].join('\n');
}

/** In the order of the files, without those that fail. */
async function describeAll(detector: SpeechDetector): Promise<string[]> {
  const texts: string[] = [];
  const queue = files.entries();
  const work = async (): Promise<void> => {
    for (const [i, file] of queue) {
      try {
        texts[i] = await describe(file, detector);
      } catch (error) {
        console.error(`${file}: ${(error as Error).message}`);
        process.exitCode = 1;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return Object.values(texts);
}

{
  await using detector = await SpeechDetector.load();
  for (const text of await describeAll(detector)) console.log(text);
  // While the pipeline is open, so that its metrics are read with the others.
  console.log(`\n${formatReport(await reader.report(), { width: process.stdout.columns ?? 140 })}`);
}
await reader.shutdown();
