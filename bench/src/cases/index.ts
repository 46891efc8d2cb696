import type { Case } from '../harness/case.ts';

type Loader = () => Promise<{ readonly default: Case }>;

/** By area and id. Loaded one by one, so that a contender's process loads no peers but its own. */
export const areas: Readonly<Record<string, Readonly<Record<string, Loader>>>> = {
  metrics: {
    'window-add/prom-summary': () => import('./metrics/window-add-prom-summary.ts'),
    'window-add/hdr-js': () => import('./metrics/window-add-hdr-js.ts'),
    'window-read-10-stats/prom-summary': () => import('./metrics/window-read-prom-summary.ts'),
    'history-append': () => import('./metrics/history-append.ts'),
    'history-append/bytes': () => import('./metrics/history-append-bytes.ts'),
    'json-1M/json-stringify': () => import('./metrics/json-stringify.ts'),
    'json-1M/peak-memory': () => import('./metrics/json-peak-memory.ts'),
    'json-1M/peak-memory/stream': () => import('./metrics/json-peak-memory-stream.ts'),
    'csv-1M/csv-stringify-sync': () => import('./metrics/csv-stringify-sync.ts'),
    'csv-1M/peak-memory': () => import('./metrics/csv-peak-memory.ts'),
    'csv-1M/peak-memory/stream': () => import('./metrics/csv-peak-memory-stream.ts'),
    'record/second-reader': () => import('./metrics/second-reader.ts'),
    'prom-text-10k/official-serializer': () => import('./metrics/prom-text.ts'),
    'prom-text-10k/official-serializer/official-naming': () => import('./metrics/prom-text-official-naming.ts'),
  },
  timing: {
    'timed-sync/otel-by-hand': () => import('./timing/sync-by-hand.ts'),
    'timed-sync/otel-by-hand/window+history': () => import('./timing/sync-by-hand-retaining.ts'),
    'timed-sync/prom-client': () => import('./timing/sync-prom-client.ts'),
    'timed-sync/prom-client/15': () => import('./timing/sync-prom-client-15.ts'),
    'timed-async/otel-by-hand': () => import('./timing/async-by-hand.ts'),
    'disabled/direct-call': () => import('./timing/disabled.ts'),
    'disabled/direct-call/16-targets': () => import('./timing/disabled-16-targets.ts'),
  },
  'memory-pool': {
    'same-4KiB/thing-malloc': () => import('./memory-pool/same-thing-malloc.ts'),
    'same-4KiB/new-uint8array': () => import('./memory-pool/same-new-uint8array.ts'),
    'same-4KiB/alloc-unsafe-slow': () => import('./memory-pool/same-alloc-unsafe-slow.ts'),
    '500-live/handle/thing-malloc': () => import('./memory-pool/500-handle-thing-malloc.ts'),
    '500-live/handle/new-uint8array': () => import('./memory-pool/500-handle-new-uint8array.ts'),
    '500-live/handle/alloc-unsafe-slow': () => import('./memory-pool/500-handle-alloc-unsafe-slow.ts'),
    '500-live/view/thing-malloc': () => import('./memory-pool/500-view-thing-malloc.ts'),
    '500-live/view/new-uint8array': () => import('./memory-pool/500-view-new-uint8array.ts'),
    '500-live/view/alloc-unsafe-slow': () => import('./memory-pool/500-view-alloc-unsafe-slow.ts'),
    '50000-live/handle/thing-malloc': () => import('./memory-pool/50000-handle-thing-malloc.ts'),
    '50000-live/handle/new-uint8array': () => import('./memory-pool/50000-handle-new-uint8array.ts'),
    '50000-live/handle/alloc-unsafe-slow': () => import('./memory-pool/50000-handle-alloc-unsafe-slow.ts'),
    '50000-live/view/thing-malloc': () => import('./memory-pool/50000-view-thing-malloc.ts'),
    '50000-live/view/new-uint8array': () => import('./memory-pool/50000-view-new-uint8array.ts'),
    '50000-live/view/alloc-unsafe-slow': () => import('./memory-pool/50000-view-alloc-unsafe-slow.ts'),
    'metrics/same-4KiB': () => import('./memory-pool/metrics-same.ts'),
    'metrics/500-live': () => import('./memory-pool/metrics-500.ts'),
    'metrics/50000-live': () => import('./memory-pool/metrics-50000.ts'),
    '500-live/p99/new-uint8array': () => import('./memory-pool/p99-new-uint8array.ts'),
    'pool/same-4KiB/thing-malloc': () => import('./memory-pool/pool-same-thing-malloc.ts'),
    'pool/same-4KiB/new-uint8array': () => import('./memory-pool/pool-same-new-uint8array.ts'),
    'pool/500-live/thing-malloc': () => import('./memory-pool/pool-500-thing-malloc.ts'),
    'pool/500-live/new-uint8array': () => import('./memory-pool/pool-500-new-uint8array.ts'),
    'pool/metrics/same-4KiB': () => import('./memory-pool/pool-metrics-same.ts'),
    'pool/metrics/500-live': () => import('./memory-pool/pool-metrics-500.ts'),
    'first-failure/buddy': () => import('./memory-pool/first-failure-buddy.ts'),
    'first-failure/slab': () => import('./memory-pool/first-failure-slab.ts'),
    'first-failure/tlsf': () => import('./memory-pool/first-failure-tlsf.ts'),
    'first-failure/kv': () => import('./memory-pool/first-failure-kv.ts'),
    'threads/2-vs-1': () => import('./memory-pool/threads-2-vs-1.ts'),
    'threads/lock-per-op': () => import('./memory-pool/threads-vs-lock-per-op.ts'),
  },
  'cpu-pipeline': {
    'pipelined/one-thread': () => import('./cpu-pipeline/pipelined-one-thread.ts'),
    'pipelined/default-threads': () => import('./cpu-pipeline/pipelined-default-threads.ts'),
    'pipelined/two-core-bound': () => import('./cpu-pipeline/two-core-bound.ts'),
    'event-loop-delay': () => import('./cpu-pipeline/event-loop-delay.ts'),
    'hand-off/structured-clone': () => import('./cpu-pipeline/hand-off-structured-clone.ts'),
    'normalise/four-passes': () => import('./cpu-pipeline/normalise-four-passes.ts'),
    'preprocess/transformers': () => import('./cpu-pipeline/preprocess-transformers.ts'),
    'tokens/native': () => import('./cpu-pipeline/tokens-native.ts'),
    'pixels/transformers': () => import('./cpu-pipeline/pixels-transformers.ts'),
    'adaptive/best-idle': () => import('./cpu-pipeline/adaptive-best-idle.ts'),
    'adaptive/best-one-hog': () => import('./cpu-pipeline/adaptive-best-one-hog.ts'),
    'adaptive/best-two-hogs': () => import('./cpu-pipeline/adaptive-best-two-hogs.ts'),
    'adaptive/default-idle': () => import('./cpu-pipeline/adaptive-default-idle.ts'),
    'adaptive/default-one-hog': () => import('./cpu-pipeline/adaptive-default-one-hog.ts'),
    'adaptive/recovery': () => import('./cpu-pipeline/adaptive-recovery.ts'),
    instrumentation: () => import('./cpu-pipeline/instrumentation.ts'),
  },
};

/** @throws Error for an id that is not there. */
export async function loadCase(id: string): Promise<Case> {
  const load = Object.values(areas)
    .map((area) => area[id])
    .find((loader) => loader !== undefined);
  if (load === undefined) throw new Error(`there is no case ${JSON.stringify(id)}`);
  return (await load()).default;
}
