import { monitorEventLoopDelay, performance, type EventLoopUtilization } from 'node:perf_hooks';
import type { EventLoop } from './reading.ts';

const RESOLUTION_MILLIS = 10;

/** How late this thread's timers are, and how busy its loop is. Its timer runs from the start until it is disposed of. */
export class EventLoopSensor implements Disposable {
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MILLIS });
  #utilization: EventLoopUtilization = performance.eventLoopUtilization();

  constructor() {
    this.#delay.enable();
  }

  read(): EventLoop {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#utilization);
    this.#utilization = now;
    // The histogram holds the time between two timers, the resolution included.
    const delayP99Seconds = this.#delay.count === 0 ? undefined : Math.max(0, this.#delay.percentile(99) / 1e9 - RESOLUTION_MILLIS / 1000);
    this.#delay.reset();
    return { delayP99Seconds, utilization };
  }

  [Symbol.dispose](): void {
    this.#delay.disable();
  }
}
