import type { Arena } from '@otel-perf/meter-provider/serve-parts';
import type { WorkerStart } from './protocol.ts';
import type { Room } from './room.ts';

/** What all threads record into, and what the worker is told of it. */
export interface Recorded {
  readonly arena: Arena;
  /** To be looked at before each reading. */
  readonly room: Room;
  readonly start: WorkerStart;
}
