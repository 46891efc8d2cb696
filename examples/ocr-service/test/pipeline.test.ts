import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { metrics } from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { PerformanceMetricReader, type Metric, type Tags } from '@otel-perf/metrics';
import { PipelineClosedError, QueueFullError } from '@otel-perf/cpu-pipeline';
import sharp from 'sharp';
import { ImageError, type ImageReason } from '../src/load/errors.ts';
import type { ImageSource } from '../src/load/load-image.ts';
import { modelPaths } from '../src/model/paths.ts';
import { OcrPipeline, type OcrOutcome } from '../src/pipeline/ocr-pipeline.ts';
import { keysFrom } from '../src/recognise/ctc.ts';
import { expected, samplePath, samples, turned } from './fixtures/samples.ts';

jest.setTimeout(120_000);

async function outcomesOf(outcomes: AsyncIterable<OcrOutcome>): Promise<OcrOutcome[]> {
  const found: OcrOutcome[] = [];
  for await (const outcome of outcomes) found.push(outcome);
  return found;
}

function textOf(outcome: OcrOutcome | undefined): string {
  if (outcome?.ok) return outcome.value.text;
  throw outcome?.error;
}

let ocr: OcrPipeline;

beforeAll(async () => {
  ocr = await OcrPipeline.open();
});

afterEach(async () => {
  await ocr.drain();
  expect(ocr.memory.blocks.current).toBe(0);
});

afterAll(async () => {
  const { blocks, leaks } = await ocr.close();
  expect([blocks.current, leaks]).toEqual([0, 0]);
  expect(blocks.allocated).toBeGreaterThan(100);
});

describe('a run', () => {
  test('reads every sample exactly, upright and upside down, and a corrupt file among them fails alone', async () => {
    const upright = samples.map(samplePath);
    const upsideDown = await Promise.all(samples.map((name) => turned(name, 180)));
    const corrupt = (await readFile(samplePath('letter.png'))).subarray(0, 9000);
    const outcomes = await outcomesOf(ocr.read([...upright, corrupt, ...upsideDown]));

    expect(samples).toHaveLength(7);
    const [failure] = outcomes.splice(samples.length, 1);
    expect(failure).toMatchObject({ ok: false, stage: 'load', error: { name: 'ImageError', reason: 'corrupt' } });
    for (const [i, name] of [...samples, ...samples].entries()) {
      expect([name, textOf(outcomes[i])]).toEqual([name, expected[name]]);
      const { lines, pixels } = (outcomes[i] as OcrOutcome & { ok: true }).value;
      expect(lines.map(({ text }) => text).join('\n')).toBe(expected[name]);
      expect(Math.min(...lines.map(({ confidence }) => confidence))).toBeGreaterThan(0.9);
      const angle = i < samples.length ? 0 : Math.PI;
      expect(Math.min(...lines.map(({ box }) => Math.cos(box.angle - angle)))).toBeGreaterThan(Math.cos(Math.PI / 36));
      const { width, height } = await sharp(samplePath(name)).metadata();
      expect(pixels).toEqual({ width, height });
    }
  });

  test.each([90, 270])('reads a page on its side, turned by %i degrees', async (degrees) => {
    expect((await ocr.submit(await turned('receipt.png', degrees))).text).toBe(expected['receipt.png']);
  });

  test('that is aborted midway throws the reason, and gives all memory back', async () => {
    const controller = new AbortController();
    const run = ocr.read(samples.map(samplePath), { signal: controller.signal });
    expect((await run.next()).value).toMatchObject({ index: 0, ok: true });
    expect(ocr.memory.blocks.current).toBeGreaterThan(0);
    controller.abort(new Error('enough'));
    await expect(run.next()).rejects.toThrow('enough');
    await ocr.drain();
    // Threads finish the calls that they had, of which each has memory for its outputs.
    for (let waited = 0; ocr.memory.blocks.current > 0 && waited < 200; waited++) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(ocr.memory.blocks.current).toBe(0);
    expect((await ocr.submit(samplePath('sign.png'))).text).toBe(expected['sign.png']);
  });
});

describe('an image', () => {
  test('that is empty has no text', async () => {
    const blank = await sharp({ create: { width: 200, height: 100, channels: 3, background: 'white' } })
      .png()
      .toBuffer();
    expect(await ocr.submit(blank)).toEqual({ lines: [], text: '', pixels: { width: 200, height: 100 } });
  });

  test('is turned by its EXIF orientation', async () => {
    const onItsSide = await sharp(samplePath('sign.png')).rotate(270).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer();
    const { text, pixels } = await ocr.submit(onItsSide);
    expect(text).toBe(expected['sign.png']);
    const { width, height } = await sharp(samplePath('sign.png')).metadata();
    expect(pixels).toEqual({ width, height });
  });

  test('in gray with a transparent ground is read as on white', async () => {
    const { data, info } = await sharp(samplePath('sign.png')).grayscale().raw().toBuffer({ resolveWithObject: true });
    const inks = Buffer.from(data.map((level) => 255 - level));
    const black = sharp({ create: { width: info.width, height: info.height, channels: 3, background: 'black' } });
    const image = await black
      .joinChannel(inks, { raw: { width: info.width, height: info.height, channels: 1 } })
      .png()
      .toBuffer();
    expect((await sharp(image).metadata()).hasAlpha).toBe(true);
    expect((await ocr.submit(image)).text).toBe(expected['sign.png']);
  });

  const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>');
  const refused: [string, () => ImageSource | Promise<ImageSource>, ImageReason, RegExp][] = [
    ['nothing', () => new Uint8Array(), 'empty', /^the image is empty$/],
    ['text', () => Buffer.from('no image at all'), 'unsupported', /no header of an image/],
    ['a drawing', () => svg, 'unsupported', /^svg is not read, only jpeg, png/],
    ['a file that is not there', () => samplePath('missing.png'), 'unreadable', /ENOENT/],
    ['a folder', () => import.meta.dirname, 'unreadable', /^it is no file$/],
    ['a file of too many bytes', () => new Uint8Array(20_000_001), 'too-large', /^20000001 bytes are more than 20000000$/],
    ['too many pixels', () => flat(8000, 5001), 'too-large', /^8000 x 5001 pixels are more than 40000000$/],
  ];
  test.each(refused)('that is %s is refused', async (_, image, reason, message) => {
    const error: unknown = await ocr.submit(await image()).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ImageError);
    expect(error).toMatchObject({ reason, message: expect.stringMatching(message) });
  });
});

function flat(width: number, height: number): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: 'white' } })
    .png()
    .toBuffer();
}

describe('a pipeline of one worker', () => {
  const reader = new PerformanceMetricReader();
  let alone: OcrPipeline;

  beforeAll(async () => {
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
    alone = await OcrPipeline.open({ workers: 1, batchSize: 1, maxQueued: 1 });
  });

  afterAll(async () => {
    await alone.close();
    await reader.shutdown();
    metrics.disable();
  });

  test('reads the same by batches of one', async () => {
    expect((await alone.submit(await turned('timetable.png', 180))).text).toBe(expected['timetable.png']);
  });

  test('refuses more than may wait, and those alone', async () => {
    const image = await readFile(samplePath('sign.png'));
    const settled = await Promise.allSettled([1, 2, 3].map(() => alone.submit(image)));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect((settled[2] as PromiseRejectedResult).reason).toBeInstanceOf(QueueFullError);
  });

  test('is measured, stage by stage, with its memory', async () => {
    const ofOcr = () => reader.snapshot(({ tags }) => tags['pipeline.name'] === 'ocr' || tags['pool.name'] === 'ocr');
    const sum = (found: readonly Metric[], name: string, tags: Tags = {}) =>
      found
        .filter((metric) => metric.name === name && Object.entries(tags).every(([tag, value]) => metric.tags[tag] === value))
        .reduce((all, { value }) => all + value, 0);
    const before = await ofOcr();
    await outcomesOf(alone.read([samplePath('sign.png'), new Uint8Array()]));
    const after = await ofOcr();
    const grown = (name: string, tags?: Tags) => sum(after, name, tags) - sum(before, name, tags);
    expect(grown('cpu_pipeline_items')).toBe(2);
    expect(grown('cpu_pipeline_failed_items', { stage: 'load', 'error.type': 'ImageError' })).toBe(1);
    expect(grown('memory_pool_allocations')).toBeGreaterThan(0);
    const stages = after.filter(({ name }) => name === 'cpu_pipeline_stage_time').map(({ tags }) => tags['stage']);
    expect(new Set(stages)).toEqual(new Set(['load', 'detect', 'crop', 'classify', 'recognise', 'text']));
  });

  test('has an optimizer of the recogniser', async () => {
    using optimizer = alone.optimizer({ minItems: 1 });
    expect(optimizer.settings).toEqual({ batchSize: 1, workers: 1, threads: 1 });
    await alone.submit(samplePath('sign.png'));
    await optimizer.adapt();
    expect(optimizer.stats().cycles).toBe(1);
  });

  test('that drains takes nothing new, and that is closed nothing any more', async () => {
    const draining = alone.drain();
    await expect(alone.submit(samplePath('sign.png'))).rejects.toBeInstanceOf(PipelineClosedError);
    await draining;
    const running = alone.submit(samplePath('sign.png'));
    const closing = alone.close();
    await expect(running).rejects.toBeInstanceOf(PipelineClosedError);
    expect((await closing).blocks.current).toBe(0);
    await expect(alone.submit(samplePath('sign.png'))).rejects.toBeInstanceOf(PipelineClosedError);
  });
});

describe('what a model throws', () => {
  test('fails the page, and nothing is left in the pool', async () => {
    const keys = keysFrom(await readFile(modelPaths.keys, 'utf8')).slice(1);
    const other = await OcrPipeline.open({ workers: 2, keys });
    const [failure] = await outcomesOf(other.read([samplePath('receipt.png')]));
    expect(failure).toMatchObject({ ok: false, stage: 'recognise' });
    expect(() => textOf(failure)).toThrow(new RangeError('the recogniser has 6625 classes, and the keys are 6624'));
    expect((await other.close()).blocks.current).toBe(0);
  });
});

describe('options', () => {
  test('are checked', async () => {
    await expect(OcrPipeline.open({ longSide: 31 })).rejects.toThrow('longSide must be an integer from 32 to 4096, not 31');
    await expect(OcrPipeline.open({ batchSize: 0.5 })).rejects.toThrow('batchSize must be an integer from 1 to 64, not 0.5');
    await expect(OcrPipeline.open({ workers: 65 })).rejects.toThrow(RangeError);
    await expect(OcrPipeline.open({ maxQueued: 0 })).rejects.toThrow(RangeError);
  });
});
