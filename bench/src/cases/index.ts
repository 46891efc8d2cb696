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
};

/** @throws Error for an id that is not there. */
export async function loadCase(id: string): Promise<Case> {
  const load = Object.values(areas)
    .map((area) => area[id])
    .find((loader) => loader !== undefined);
  if (load === undefined) throw new Error(`there is no case ${JSON.stringify(id)}`);
  return (await load()).default;
}
