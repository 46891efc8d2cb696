import type { PerformanceMetricReader } from './reader.ts';

/** Registered symbols are one per process, also when two copies of this package are loaded. Raise the number with an incompatible change. */
const KEY = Symbol.for('@otel-perf/metrics.readers.1');

function references(): Set<WeakRef<PerformanceMetricReader>> {
  const holder = globalThis as { [KEY]?: Set<WeakRef<PerformanceMetricReader>> };
  return (holder[KEY] ??= new Set());
}

export function rememberReader(reader: PerformanceMetricReader): void {
  references().add(new WeakRef(reader));
}

/** The readers of this process that are not shut down, in the order of their making. */
export function getReaders(): PerformanceMetricReader[] {
  const readers: PerformanceMetricReader[] = [];
  for (const reference of references()) {
    const reader = reference.deref();
    if (reader === undefined || reader.status.isShutDown) references().delete(reference);
    else readers.push(reader);
  }
  return readers;
}
