import type { Problem } from './problems.ts';
import type { OtelPerf } from './start.ts';

interface Running {
  started?: Promise<OtelPerf> | undefined;
  /** Of all starts and readers, for the doctor. */
  readonly problems: Problem[];
  /** Of all flushes on exit: none of them is the service's. */
  readonly flushListeners: Set<unknown>;
  /** Of flushes that a signal has begun, after which it is raised again. */
  readonly endings: Promise<void>[];
  /** What writes the last report, by file. */
  readonly snapshots: Map<string, () => void>;
}

/** Registered symbols are one per process, also when two copies of this package are loaded. Raise the number with an incompatible change. */
const KEY = Symbol.for('@otel-perf/node.running.1');

/** What otel-perf has going in this process. */
export function whatRuns(): Running {
  const holder = globalThis as { [KEY]?: Running };
  return (holder[KEY] ??= { problems: [], flushListeners: new Set(), endings: [], snapshots: new Map() });
}
