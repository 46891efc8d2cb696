import type { Attributes } from '@opentelemetry/api';
import type { ExporterStatus } from '@otel-perf/metrics';
import type { ProblemCode } from '../problems.ts';
import type { EndpointSettings } from '../serve/endpoint-options.ts';

/** What passes between the thread that starts the telemetry worker and the worker. What is measured never does: that lies in the arena. */

/** Handed to the worker when it starts. */
export interface WorkerStart {
  readonly arena: SharedArrayBuffer;
  readonly resource: Attributes;
  readonly observeTimeoutMillis: number;
  /** Absent where nothing is served. */
  readonly endpoint: EndpointSettings | undefined;
  /** Absent where nothing is pushed. */
  readonly push: PushSettings | undefined;
  /** Whether it takes the place of a worker that has died. */
  readonly isReplacement: boolean;
  /** One word: the number of the order that was carried out last, by `Atomics.store` and `notify`, for who cannot receive messages. */
  readonly done: Int32Array<SharedArrayBuffer>;
}

/** The first reader of the provider is that of the process, of which the worker does the serving and pushing. */
export const READER_INDEX = 0;

/** Where to is for the variables OTEL_EXPORTER_OTLP_* to say. */
export interface PushSettings {
  readonly intervalMillis: number;
  readonly timeoutMillis: number;
  /** What an export and its retries may take at most. */
  readonly mostMillis: number | undefined;
}

/** To the worker. Orders are numbered from 1 and carried out in turn. `close` flushes, and is the last. */
export interface Order {
  readonly kind: 'flush' | 'close';
  readonly id: number;
}

/** From the worker. */
export type Report =
  /** Once it listens, or will not. */
  | { readonly kind: 'ready'; readonly url: string | undefined; readonly port: number | undefined }
  | { readonly kind: 'problem'; readonly code: ProblemCode; readonly message: string }
  | { readonly kind: 'scraped' }
  /** After each export, and once before the first. `error` is that of this export. */
  | { readonly kind: 'exporter'; readonly status: ExporterStatus }
  | { readonly kind: 'done'; readonly id: number };
