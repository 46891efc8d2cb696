import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  AdaptiveOptimizer,
  failed,
  InferencePipeline,
  Preprocessor,
  stage,
  type Load,
  type Settings,
  type Tunable,
} from '@otel-perf/cpu-pipeline';
import { MemoryPool, NO_BLOCK } from '@otel-perf/memory-pool';
import { MetricType, type CentralizedMetricsCollector } from '@otel-perf/metrics';
import { timeFunction } from '@otel-perf/timing';

/** What `recordEverything` needs of a collector: few series per name, and a metric that is thinned out. */
export const collectorOptions = { maxSeriesPerName: 12, frequencies: [{ name: 'thinned_out', sampleRatio: 0.5 }] };

export const OPERATION = 'load_order';
export const POOL = 'frames';
export const STAGE = 'tokenize';

const seconds = () => Math.random() * 0.2 + 0.001;

/** One round of all that the dashboards show, mishaps included. */
export function recordEverything(collector: CentralizedMetricsCollector): void {
  timings(collector);
  mishaps(collector);
  useMemoryPools(collector);
  // What a round that is cut short by the end leaves undone is nobody's.
  usePipelines(collector).catch(() => {});
}

function timings(collector: CentralizedMetricsCollector): void {
  collector.recordTiming('render', seconds(), 'pages');
  const loadOrder = timeFunction(OPERATION, { collector })((id: string) => {
    if (id === '') throw new RangeError('no order without a number');
  });
  loadOrder('42');
  try {
    loadOrder('');
  } catch {
    // The failed call is what is wanted.
  }
}

/** Measurements that are refused, folded and left out. */
function mishaps(collector: CentralizedMetricsCollector): void {
  collector.recordMetric('weight', NaN, MetricType.CUSTOM, 'scales');
  for (let page = 0; page < 2 * collectorOptions.maxSeriesPerName; page++) collector.recordCounter('visits', 1, 'pages', { page });
  for (let i = 0; i < 8; i++) collector.recordMetric('thinned_out', i, MetricType.CUSTOM, 'pages');
}

/** Pools in use, a third full of what was freed here and there, so that a larger block finds no room in it. */
function memoryPools(collector: CentralizedMetricsCollector): MemoryPool[] {
  const common = { size: 64 * 1024, timing: 1, collector, onLeak: () => {} };
  const made = [
    new MemoryPool({ type: 'slab', name: POOL, fit: 'slab', ...common }),
    new MemoryPool({ type: 'buddy', name: 'tensors', ...common }),
  ];
  for (const pool of made) {
    const handles: number[] = [];
    for (let handle = pool.malloc(8000); handle !== NO_BLOCK; handle = pool.malloc(8000)) handles.push(handle);
    for (const handle of handles.filter((_, i) => i % 3 === 0)) pool.free(handle);
  }
  return made;
}

const pools = new WeakMap<CentralizedMetricsCollector, readonly MemoryPool[]>();
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function useMemoryPools(collector: CentralizedMetricsCollector): void {
  const used = pools.get(collector) ?? memoryPools(collector);
  pools.set(collector, used);
  for (const pool of used) {
    pool.free(pool.malloc(500));
    // Too large for what is free.
    pool.allocate(16_000);
    // Nobody keeps it.
    pool.allocate(100);
  }
  collectGarbage();
}

interface Pipelines {
  readonly pipeline: InferencePipeline<number, number>;
  readonly preprocessor: Preprocessor;
  readonly tuned: Tuned;
  readonly optimizer: AdaptiveOptimizer;
}

const LARGER: Settings = { batchSize: 2, workers: 1, threads: 1 };

const pipelines = new WeakMap<CentralizedMetricsCollector, Pipelines>();

/** Slower than what comes in, so that items wait in front of both stages. */
function makePipelines(collector: CentralizedMetricsCollector): Pipelines {
  const tokenize = async (item: number): Promise<number> => {
    await sleep(10);
    if (item % 5 === 0) throw new TypeError('this is no text');
    return item;
  };
  const infer = async (items: readonly number[]) => {
    await sleep(60);
    return items.map((item) => (item % 7 === 0 ? failed(new TypeError('not this one')) : item));
  };
  const stages = stage({ name: STAGE, run: tokenize, buffer: 4 }).into({ name: 'infer', runBatch: infer, batch: { size: 2 }, buffer: 4 });
  const tokenizer = (text: string) => ({ input_ids: [...Buffer.from(text)], attention_mask: [...text].map(() => 1) });
  const pool = new MemoryPool({ type: 'activations', size: 16 * 2 ** 20, collector });
  const pipeline = new InferencePipeline({ name: 'texts', stages, collector });
  const tuned = new Tuned(pipeline);
  const optimizer = new AdaptiveOptimizer(tuned, { memoryThreshold: 0.01, collector });
  optimizer.start();
  return { pipeline, preprocessor: new Preprocessor({ pool, tokenizer, padId: 0, collector }), tuned, optimizer };
}

/** Ends what goes on between rounds. */
export async function stopRecording(collector: CentralizedMetricsCollector): Promise<void> {
  const used = pipelines.get(collector);
  await used?.optimizer.stop();
  await used?.pipeline.close();
}

async function usePipelines(collector: CentralizedMetricsCollector): Promise<void> {
  const used = pipelines.get(collector) ?? makePipelines(collector);
  pipelines.set(collector, used);
  const { pipeline, preprocessor, tuned } = used;
  tuned.settings = LARGER;
  const image = { data: new Uint8Array(224 * 224 * 3), width: 224, height: 224, channels: 3 } as const;
  const late = pipeline.submit(1, { signal: AbortSignal.timeout(1) }).catch(() => {});
  using _texts = await preprocessor.texts(['a text', '']);
  using _images = await preprocessor.images([image]);
  await late;
  for await (const _ of pipeline.run(Array.from({ length: 12 }, (_, i) => i + 1)));
}

/** Of a memory of which it may use next to nothing: it takes a smaller batch as often as somebody sets a larger one. */
class Tuned implements Tunable {
  settings = LARGER;
  readonly limits = { batchSize: [1, 2], workers: [1, 1], threads: [1, 1] } as const;
  readonly #pipeline: InferencePipeline<number, number>;

  constructor(pipeline: InferencePipeline<number, number>) {
    this.#pipeline = pipeline;
  }

  async apply(settings: Settings): Promise<void> {
    this.settings = settings;
    this.#pipeline.setBatchSize('infer', settings.batchSize);
  }

  read(): Load {
    return this.#pipeline.read();
  }
}
