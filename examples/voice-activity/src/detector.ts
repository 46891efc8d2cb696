import { InferencePipeline, stage } from '@otel-perf/cpu-pipeline';
import { getMetricsCollector, type CentralizedMetricsCollector, type Series } from '@otel-perf/metrics';
import { initialState, Silero, windowsOf, type Chunk, type Heard } from './silero.ts';

const INFER = 'infer';
/** Chunks that the model hears at once; it gains little from more. */
const MOST_CHUNKS = 32;
/** How long a batch waits for a recording that is late with its next chunk, in milliseconds. */
const WAIT_MILLIS = 5;

/**
 * Hears recordings, any number at a time. A chunk needs what the model remembers of the one before it, so a recording has one chunk in the
 * pipeline, and a batch is made of chunks of different recordings.
 */
export class SpeechDetector implements AsyncDisposable {
  readonly #silero: Silero;
  readonly #pipeline: InferencePipeline<Chunk, Heard>;
  readonly #batchSize: Series;
  #recordings = 0;

  static async load(collector: CentralizedMetricsCollector = getMetricsCollector()): Promise<SpeechDetector> {
    return new SpeechDetector(await Silero.load(collector), collector);
  }

  private constructor(silero: Silero, collector: CentralizedMetricsCollector) {
    this.#silero = silero;
    this.#batchSize = collector.series({ name: 'voice_activity_batch_size', source: 'voice_activity' });
    this.#pipeline = new InferencePipeline({
      name: 'voice-activity',
      collector,
      stages: stage({
        name: INFER,
        runBatch: (chunks: readonly Chunk[]) => this.#hear(chunks),
        batch: { size: 1, waitMillis: WAIT_MILLIS },
      }),
    });
  }

  /** Of each chunk of a recording of 16 kHz, that it is speech. @throws PipelineClosedError if it is closed meanwhile. */
  async probabilities(samples: Float32Array): Promise<number[]> {
    const probabilities: number[] = [];
    let state = initialState();
    this.#expect(this.#recordings + 1);
    try {
      for (const window of windowsOf(samples)) {
        const heard = await this.#pipeline.submit({ window, state });
        probabilities.push(heard.probability);
        state = heard.state;
      }
    } finally {
      this.#expect(this.#recordings - 1);
    }
    return probabilities;
  }

  async close(): Promise<void> {
    await this.#pipeline.close();
    await this.#silero.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #hear(chunks: readonly Chunk[]): Promise<Heard[]> {
    this.#batchSize.record(chunks.length);
    return this.#silero.hear(chunks);
  }

  /** A batch that has a chunk of each recording need not wait for more. */
  #expect(recordings: number): void {
    this.#recordings = recordings;
    this.#pipeline.setBatchSize(INFER, Math.min(Math.max(recordings, 1), MOST_CHUNKS));
  }
}
