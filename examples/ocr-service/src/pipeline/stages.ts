import { setImmediate as nextTurn } from 'node:timers/promises';
import { PooledTensor, stage, type ItemContext, type Stages } from '@otel-perf/cpu-pipeline';
import type { MemoryPool } from '@otel-perf/memory-pool';
import { directionOf, upsideDownOf } from '../classify/direction.ts';
import { classificationDims, prepareClassification } from '../classify/prepare.ts';
import { cropStrip, STRIP_HEIGHT, stripWidth, turnStrip } from '../crop/strip.ts';
import { boxesFrom, type Box } from '../detect/boxes.ts';
import { detectionDims, prepareDetection } from '../detect/prepare.ts';
import { loadImage, type ImageSource } from '../load/load-image.ts';
import type { RawImage } from '../model/image.ts';
import { batchesOf } from '../recognise/batches.ts';
import { decode, type Reading } from '../recognise/ctc.ts';
import { prepareRecognition, recognitionDims } from '../recognise/prepare.ts';
import { pageFrom, type Page } from '../text/page.ts';
import { inLanes } from './lanes.ts';
import type { PooledModel } from './pooled-model.ts';

export interface OcrPage extends Page {
  /** Of the image, upright by its EXIF orientation: what the lines' boxes are in. */
  readonly pixels: Size;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

interface Detected {
  readonly image: RawImage;
  readonly boxes: readonly Box[];
}

interface Cropped {
  readonly pixels: Size;
  readonly boxes: readonly Box[];
  /** Of each box, in the memory of the pool. */
  readonly strips: readonly RawImage[];
}

/** Its strips run from left to right. */
interface Classified extends Cropped {
  readonly angle: number;
}

interface Recognised extends Classified {
  readonly readings: readonly Reading[];
}

export interface OcrModels {
  /** PP-OCR's text detector: [1, 3, height, width] to [1, 1, height, width]. */
  readonly detect: PooledModel;
  /** Its direction classifier: [N, 3, 48, 192] to [N, 2]. */
  readonly classify: PooledModel;
  /** Its recogniser: [N, 3, 48, width] to [N, steps, classes]. */
  readonly recognise: PooledModel;
}

export interface StageSettings {
  readonly workers: number;
  readonly longSide: number;
  readonly batchSize: number;
  readonly keys: readonly string[];
}

export const RECOGNISE = 'recognise';

/**
 * From an image to its text. Whatever a stage leaves for the next in the pool is the item's (`own`). Few pages wait between stages, since
 * each is an image of many megabytes until its strips are cut out.
 */
export function ocrStages(models: OcrModels, pool: MemoryPool, settings: StageSettings): Stages<ImageSource, OcrPage> {
  const { workers, longSide, batchSize, keys } = settings;

  async function detect(image: RawImage, { signal }: ItemContext): Promise<Detected> {
    const fill = (into: Float32Array): unknown => prepareDetection(image, longSide, into);
    return { image, boxes: await models.detect.infer(detectionDims(image, longSide), fill, (map) => boxesFrom(map, image), signal) };
  }

  async function crop({ image, boxes }: Detected, context: ItemContext): Promise<Cropped> {
    const pixels = { width: image.width, height: image.height };
    if (boxes.length === 0) return { pixels, boxes, strips: [] };
    const lengths = boxes.map((box) => stripWidth(box) * STRIP_HEIGHT * 3);
    const length = lengths.reduce((sum, each) => sum + each, 0);
    const { data } = context.own(PooledTensor.allocate(pool, 'uint8', [length]));
    const strips: RawImage[] = [];
    let at = 0;
    for (const [index, box] of boxes.entries()) {
      strips.push(cropStrip(image, box, data.subarray(at, at + lengths[index]!)));
      at += lengths[index]!;
      await turn(context);
    }
    return { pixels, boxes, strips };
  }

  async function classify(page: Cropped, { signal }: ItemContext): Promise<Classified> {
    const { boxes, strips } = page;
    const upsideDown: number[] = [];
    for (let start = 0; start < strips.length; start += batchSize) {
      const batch = strips.slice(start, start + batchSize);
      const fill = (into: Float32Array): unknown => prepareClassification(batch, into);
      upsideDown.push(...(await models.classify.infer(classificationDims(batch.length), fill, upsideDownOf, signal)));
    }
    const { angle, turned } = directionOf(boxes, upsideDown);
    for (const [index, strip] of strips.entries()) if (turned[index]) turnStrip(strip);
    return { ...page, angle };
  }

  async function recognise(page: Classified, { signal }: ItemContext): Promise<Recognised> {
    const { strips } = page;
    const readings = Array.from<Reading>({ length: strips.length });
    const batches = batchesOf(strips, batchSize);
    await inLanes(batches, models.recognise.onnx.settings.workers, async (batch) => {
      const chosen = batch.map((index) => strips[index]!);
      const fill = (into: Float32Array): unknown => prepareRecognition(chosen, into);
      const decoded = await models.recognise.infer(recognitionDims(chosen), fill, (output) => decode(output, keys), signal);
      for (const [place, index] of batch.entries()) readings[index] = decoded[place]!;
    });
    return { ...page, readings };
  }

  return stage({ name: 'load', run: (source: ImageSource, { signal }) => loadImage(source, signal), concurrency: workers, buffer: 1 })
    .into({ name: 'detect', run: detect, concurrency: workers, buffer: 1 })
    .into({ name: 'crop', run: crop })
    .into({ name: 'classify', run: classify })
    .into({ name: RECOGNISE, run: recognise, concurrency: workers })
    .into({ name: 'text', run: ({ boxes, readings, angle, pixels }) => ({ ...pageFrom(boxes, readings, angle), pixels }) });
}

/** Lets others have the thread. @throws The signal's reason. */
async function turn({ signal }: ItemContext): Promise<void> {
  await nextTurn();
  signal.throwIfAborted();
}
