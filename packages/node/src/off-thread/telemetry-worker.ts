import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { diag } from '@opentelemetry/api';
import type { ExporterStatus } from '@otel-perf/metrics';
import { messageOf, type Problems } from '../problems.ts';
import { Orders } from './orders.ts';
import type { Order, Report, WorkerStart } from './protocol.ts';

/** From sources and from what is built alike. */
const EXTENSION = extname(import.meta.url);
const YOUNG_MEBIBYTES = 2;
const WORKER = new URL(`./worker${EXTENSION}`, import.meta.url);
/** What is preloaded into the process, such as its telemetry, has no place in the worker. */
const EXEC_ARGV = EXTENSION === '.ts' ? ['--conditions=@otel-perf/source'] : [];

/** From a worker's death to the next one; doubled each time, and back to the least once one has lived long enough. */
const LEAST_PAUSE_MILLIS = 100;
const MOST_PAUSE_MILLIS = 30_000;
const LONG_LIFE_MILLIS = 60_000;

export type TelemetryStart = Omit<WorkerStart, 'done' | 'isReplacement'>;

/** Told of each export that fails. */
export type OnExportError = (exporter: string, error: unknown) => void;

/**
 * The thread that serves and pushes. It keeps the process alive only while it starts for the first time, and while it carries out orders. If
 * it dies another takes its place, on the same port, which is told once.
 */
export class TelemetryWorker {
  readonly #start: TelemetryStart;
  readonly #problems: Problems;
  readonly #onExportError: OnExportError | undefined;
  readonly #orders = new Orders();
  readonly #started = Promise.withResolvers<void>();
  readonly #exporters = new Map<string, ExporterStatus>();
  #worker: Worker | undefined;
  #restart: NodeJS.Timeout | undefined;
  #isStarting = true;
  #isClosed = false;
  #deaths = 0;
  #url: string | undefined;
  /** Once the first worker has it. */
  #port: number | undefined;
  #scrapes = 0;

  constructor(start: TelemetryStart, problems: Problems, onExportError?: OnExportError) {
    this.#start = start;
    this.#problems = problems;
    this.#onExportError = onExportError;
    this.#run();
  }

  /** Settled once it listens, or will not. */
  get ready(): Promise<void> {
    return this.#started.promise;
  }

  /** Where the metrics are; `undefined` while it does not listen. */
  get url(): string | undefined {
    return this.#url;
  }

  /** Which a request has to bring; `undefined` for none. */
  get bearerToken(): string | undefined {
    return this.#start.endpoint?.bearerToken;
  }

  /** Scrapes so far. */
  get scrapes(): number {
    return this.#scrapes;
  }

  get exporters(): readonly ExporterStatus[] {
    return [...this.#exporters.values()];
  }

  /** Pushes what there is. Never rejects: whether it arrived is in `exporters`. */
  async flush(): Promise<void> {
    if (!this.#isClosed) await this.#carryOut(this.#orders.add('flush'));
  }

  /** As `flush`, but the thread stops until it is done, or for `millis`. For the last moments of a process, in which nothing else is heard. */
  flushNow(millis: number): void {
    if (this.#isClosed) return;
    const order = this.#orders.add('flush');
    this.#hand(order);
    this.#orders.waitFor(order, millis);
  }

  /** Pushes what there is, lets scrapes that are under way end, and ends the thread for good. Never rejects. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#carryOut(this.#orders.add('close'));
    clearTimeout(this.#restart);
    this.#url = undefined;
    await this.#worker?.terminate();
  }

  async #carryOut(order: Order): Promise<void> {
    this.#hand(order);
    this.#holdProcess();
    await this.#orders.done(order);
    this.#holdProcess();
  }

  /** To the worker that there is, or else to one that is started at once: who waits is not to wait for the pause as well. */
  #hand(order: Order): void {
    if (this.#worker !== undefined) return send(this.#worker, order);
    clearTimeout(this.#restart);
    this.#run();
  }

  #run(): void {
    try {
      this.#worker = this.#create();
    } catch (error) {
      // Such as a process that may have no threads.
      this.#problems.tell('worker-failed', `Metrics are neither served nor pushed, as there is no telemetry worker: ${messageOf(error)}`);
      this.#isClosed = true;
      this.#started.resolve();
      this.#orders.finishAll();
      return;
    }
    for (const order of this.#orders.open) send(this.#worker, order);
    this.#holdProcess();
  }

  #create(): Worker {
    const { endpoint } = this.#start;
    const again = endpoint && this.#port !== undefined ? { ...endpoint, port: this.#port, lastPort: this.#port } : endpoint;
    const isReplacement = this.#deaths > 0;
    const worker = new Worker(WORKER, {
      name: 'otel-perf',
      workerData: { ...this.#start, endpoint: again, isReplacement, done: this.#orders.word } satisfies WorkerStart,
      execArgv: EXEC_ARGV,
      env: { ...process.env, NODE_OPTIONS: '' },
      // It makes little garbage that stays: pages and series are old soon. Room for more would only be taken from the service.
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEBIBYTES },
    });
    const startedAt = performance.now();
    let reason: string | undefined;
    worker.on('message', (report: Report) => this.#received(report));
    worker.once('error', (error) => {
      reason = messageOf(error);
    });
    worker.once('exit', (code) => this.#died(reason ?? `it ended with exit code ${code}`, performance.now() - startedAt));
    return worker;
  }

  #received(report: Report): void {
    switch (report.kind) {
      case 'ready':
        this.#url = report.url;
        this.#port ??= report.port;
        this.#isStarting = false;
        this.#started.resolve();
        this.#holdProcess();
        break;
      case 'problem':
        this.#problems.tell(report.code, report.message);
        break;
      case 'scraped':
        this.#scrapes++;
        break;
      case 'exporter':
        this.#exported(report.status);
        break;
      case 'done':
        this.#orders.finish(report.id);
    }
  }

  #exported(status: ExporterStatus): void {
    this.#exporters.set(status.name, status);
    if (status.error === undefined) return;
    try {
      this.#onExportError?.(status.name, new Error(status.error));
    } catch (thrown) {
      diag.error(`otel-perf: onExportError threw: ${String(thrown)}`);
    }
  }

  #died(reason: string, livedMillis: number): void {
    this.#worker = undefined;
    this.#url = undefined;
    this.#isStarting = false;
    this.#started.resolve();
    this.#orders.bury();
    if (this.#isClosed && this.#orders.open.length === 0) return;
    if (livedMillis > LONG_LIFE_MILLIS) this.#deaths = 0;
    const pause = Math.min(LEAST_PAUSE_MILLIS * 2 ** this.#deaths++, MOST_PAUSE_MILLIS);
    const lost = 'Another takes its place, and what was recorded meanwhile is there';
    this.#problems.tell('worker-failed', `The telemetry worker, which serves and pushes metrics, has died: ${reason}. ${lost}.`);
    this.#restart = setTimeout(() => this.#run(), pause);
    this.#holdProcess();
  }

  /** As long as somebody waits for it. */
  #holdProcess(): void {
    const isAwaited = this.#isStarting || this.#orders.open.length > 0;
    for (const each of [this.#worker, this.#restart]) {
      if (isAwaited) each?.ref();
      else each?.unref();
    }
  }
}

function send(worker: Worker, order: Order): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of Node's has none
  worker.postMessage(order);
}
