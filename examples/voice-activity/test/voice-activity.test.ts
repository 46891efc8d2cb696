import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { CentralizedMetricsCollector, PerformanceMetricReader } from '@otel-perf/metrics';
import { SpeechDetector } from '../src/detector.ts';
import { speechSegments } from '../src/speech.ts';
import { readWav } from '../src/wav.ts';
import { pcm, wavFile } from './wav-file.ts';

jest.setTimeout(60_000);

const SAMPLES = join(import.meta.dirname, '..', 'samples');
const SAMPLE = 'two-sentences.wav';
/** How far a segment may be from where the speech was put. */
const SECONDS = 0.15;

interface Interval {
  readonly start: number;
  readonly end: number;
}

let sample: Float32Array;
let composed: readonly Interval[];

beforeAll(async () => {
  sample = readWav(await readFile(join(SAMPLES, SAMPLE)));
  const expected = JSON.parse(await readFile(join(SAMPLES, 'expected.json'), 'utf8')) as Record<string, readonly Interval[]>;
  composed = expected[SAMPLE]!;
});

function expectComposed(found: readonly Interval[]): void {
  expect(found).toHaveLength(composed.length);
  for (const [i, { start, end }] of composed.entries()) {
    expect(Math.abs(found[i]!.start - start)).toBeLessThanOrEqual(SECONDS);
    expect(Math.abs(found[i]!.end - end)).toBeLessThanOrEqual(SECONDS);
  }
}

/** So many values of a metric, as they were recorded. */
function valuesOf(collector: CentralizedMetricsCollector, metric: string): number[] {
  return collector.getMetrics(({ name }) => name === metric).map(({ value }) => value);
}

describe('the detector', () => {
  test('finds the speech of the sample where it was put', async () => {
    await using detector = await SpeechDetector.load(new CentralizedMetricsCollector());
    const probabilities = await detector.probabilities(sample);
    expect(probabilities).toHaveLength(Math.ceil(sample.length / 512));
    const found = speechSegments(probabilities, sample.length);
    expectComposed(found);
    for (const { probability } of found) expect(probability).toBeGreaterThan(0.9);
  });

  test('finds none in silence, quiet noise or nothing', async () => {
    await using detector = await SpeechDetector.load(new CentralizedMetricsCollector());
    const noise = sample.subarray(0, composed[0]!.start * 16_000);
    for (const quiet of [new Float32Array(3 * 16_000), noise, new Float32Array(0)])
      expect(speechSegments(await detector.probabilities(quiet), quiet.length)).toEqual([]);
  });

  test('hears recordings at once as it hears them alone, in common batches, and gives back all memory', async () => {
    const reader = new PerformanceMetricReader();
    const collector = new CentralizedMetricsCollector({ meterProvider: new MeterProvider({ readers: [reader] }) });
    await using detector = await SpeechDetector.load(collector);
    const second = 16_000;
    // Of different lengths, so that the batches shrink, and of different contents in each batch.
    const recordings = [
      sample,
      sample.subarray(second),
      sample.toReversed(),
      new Float32Array(2 * second),
      sample.map((level) => level / 4),
      sample.subarray(2 * second, 3 * second + 17),
      sample,
    ];
    const alone: number[][] = [];
    for (const recording of recordings) alone.push(await detector.probabilities(recording));
    expect(Math.max(...valuesOf(collector, 'voice_activity_batch_size'))).toBe(1);

    const together = await Promise.all(recordings.map((recording) => detector.probabilities(recording)));
    for (const [i, probabilities] of together.entries()) {
      expect(probabilities).toHaveLength(alone[i]!.length);
      for (const [chunk, probability] of probabilities.entries()) expect(Math.abs(probability - alone[i]![chunk]!)).toBeLessThan(1e-4);
    }
    for (const i of [0, recordings.length - 1]) expectComposed(speechSegments(together[i]!, sample.length));
    expect(Math.max(...valuesOf(collector, 'voice_activity_batch_size'))).toBe(recordings.length);
    const used = await reader.snapshot(({ name }) => name === 'memory_pool_used');
    expect(used.map(({ value }) => value)).toEqual([0]);
    await reader.shutdown();
  });

  test('hears more recordings at once than go into a batch', async () => {
    const collector = new CentralizedMetricsCollector();
    await using detector = await SpeechDetector.load(collector);
    const start = sample.subarray(0, 16_000);
    const [first, ...others] = await Promise.all(Array.from({ length: 40 }, () => detector.probabilities(start)));
    for (const probabilities of others)
      for (const [chunk, probability] of probabilities.entries()) expect(Math.abs(probability - first![chunk]!)).toBeLessThan(1e-4);
    expect(Math.max(...valuesOf(collector, 'voice_activity_batch_size'))).toBe(32);
  });

  test('closes under way: recordings hear of it, and later ones', async () => {
    const detector = await SpeechDetector.load(new CentralizedMetricsCollector());
    const heard = [detector.probabilities(sample), detector.probabilities(sample)];
    const settled = Promise.allSettled(heard);
    await detector.close();
    for (const { status } of await settled) expect(status).toBe('rejected');
    await expect(heard[0]).rejects.toThrow('pipeline "voice-activity" was closed');
    await expect(detector.probabilities(sample)).rejects.toThrow('pipeline "voice-activity" is closed');
  });
});

describe('the program', () => {
  const main = join(import.meta.dirname, '..', 'dist', 'main.js');
  const run = (...files: readonly string[]) => promisify(execFile)(process.execPath, [main, ...files]);
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'voice-activity-'));
  });

  afterAll(() => rm(folder, { recursive: true }));

  function segmentsIn(printed: string): Interval[] {
    return [...printed.matchAll(/^ {2}(\d+\.\d\d) s – (\d+\.\d\d) s speech, mean probability (?:0\.9\d|1\.00)$/gm)].map(
      ([, start, end]) => ({
        start: Number(start),
        end: Number(end),
      }),
    );
  }

  test('prints the segments of its sample, and the report', async () => {
    const { stdout, stderr } = await run();
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^two-sentences\.wav, 6\.17 s$/m);
    expectComposed(segmentsIn(stdout));
    for (const name of ['cpu_pipeline_time', 'cpu_pipeline_stage_time', 'voice_activity_batch_size', 'memory_pool_used'])
      expect(stdout).toMatch(new RegExp(`^${name} `, 'm'));
    expect(stdout).toMatch(/^cpu_pipeline_items +1 +193 /m);
  });

  test('takes several files at once, and leaves out those that it cannot read', async () => {
    const silence = join(folder, 'silence.wav');
    const slow = join(folder, 'slow.wav');
    const missing = join(folder, 'missing.wav');
    await writeFile(silence, wavFile({ data: new Uint8Array(6 * 32_000) }));
    await writeFile(slow, wavFile({ rate: 8000, data: pcm([1, 2, 3]) }));
    const copy = join(SAMPLES, SAMPLE);
    const failure = await run(copy, slow, silence, missing, copy, copy).catch((error: unknown) => error);
    const { code, stdout, stderr } = failure as { code: number; stdout: string; stderr: string };
    expect(code).toBe(1);
    const errors = stderr.trim().split('\n').sort();
    expect(errors).toEqual([expect.stringContaining(`${missing}: ENOENT`), `${slow}: must have 16000 samples a second, not 8000`]);
    const [heard, silent, ...others] = stdout.split(/^(?=\S+\.wav, )/m);
    expect(silent).toBe('silence.wav, 6.00 s\n  no speech\n');
    for (const text of [heard!, ...others]) expectComposed(segmentsIn(text));
    expect(others).toHaveLength(2);
    // Count, average, percentiles and the largest.
    expect(stdout).toMatch(/^voice_activity_batch_size( +\S+){5} +4$/m);
  });
});
