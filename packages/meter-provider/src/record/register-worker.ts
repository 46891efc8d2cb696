import { isMainThread } from 'node:worker_threads';
import { diag, metrics } from '@opentelemetry/api';
import type { ViewOptions } from '@opentelemetry/sdk-metrics';
import { announced, viewsOf } from './environment.ts';
import { MeterProvider } from './meter-provider.ts';

export interface RegisterWorkerOptions {
  /** In place of the views of the thread that started this one, which are known here unless they have attributes processors of their own. */
  readonly views?: readonly ViewOptions[];
}

const REGISTERED = Symbol.for('otel-perf.meter-provider.of-worker');
const perThread = globalThis as { [REGISTERED]?: MeterProvider };

/**
 * In a worker thread: joins the MeterProvider of the thread that started it, in whose memory this one records from then on, and sets the
 * global meter provider. `undefined` in the main thread, where there is no such provider, and where this thread has a global meter provider
 * already, or memory of another version of this package was announced (the last two are told by `diag`). A second call answers as the first.
 */
export function registerWorker(options: RegisterWorkerOptions = {}): MeterProvider | undefined {
  const known = perThread[REGISTERED];
  if (isMainThread || known !== undefined) return known;
  const announcement = announced();
  if (announcement === undefined) return undefined;
  if (options.views === undefined && announcement.viewsLeftOut > 0)
    diag.warn(
      `otel-perf: ${announcement.viewsLeftOut} views have attributes processors of their own, which this worker cannot know: give them to registerWorker`,
    );
  const provider = join(announcement.buffer, options.views ?? viewsOf(announcement));
  if (provider === undefined) return undefined;
  if (!metrics.setGlobalMeterProvider(provider)) {
    void provider.shutdown();
    return undefined;
  }
  perThread[REGISTERED] = provider;
  return provider;
}

function join(arena: SharedArrayBuffer, views: readonly ViewOptions[]): MeterProvider | undefined {
  try {
    return new MeterProvider({ arena, views });
  } catch (error) {
    diag.warn('otel-perf: this worker cannot join the meter provider of the thread that started it', error);
    return undefined;
  }
}
