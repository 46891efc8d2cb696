// Run with --expose-gc by leaks.test.ts.
import { setImmediate as turn } from 'node:timers/promises';
import { diag } from '@opentelemetry/api';
import { CentralizedMetricsCollector } from '@otel-perf/metrics';
import { MemoryPool, type Leak } from '../../src/index.ts';

/** What is printed, as JSON. */
export interface Seen {
  leaks: { pool: string; id: string; requested: number; aged: boolean; stack: boolean; ours: boolean }[];
  has: boolean[];
  alive: unknown[];
  counts: [leaks: number, blocks: number][];
  poolCollected: boolean;
  counted: number;
  warnings: string[];
}

const collect = globalThis.gc!;
const warnings: string[] = [];
const log = (line: string) => void warnings.push(line);
diag.setLogger({ error: log, warn: log, info: log, debug: () => {}, verbose: () => {} });

const collector = new CentralizedMetricsCollector();
const leaks: Leak[] = [];
const base = { type: 'kv_cache', size: 65_536, collector };

async function settle(done: () => boolean): Promise<void> {
  for (let i = 0; i < 50 && !done(); i++) {
    // What a WeakRef gave is held until the end of a turn.
    await turn();
    collect();
    await turn();
  }
}

function leakSome() {
  const watched = new MemoryPool({ ...base, name: 'watched', leaks: 'stack', onLeak: (leak) => leaks.push(leak) });
  const warned = new MemoryPool({ ...base, name: 'warned' });
  const throwing = new MemoryPool({
    ...base,
    name: 'throwing',
    onLeak: () => {
      throw new Error('no');
    },
  });
  const unwatched = new MemoryPool({ ...base, name: 'unwatched', leaks: false });
  const kept = watched.allocate(10, 'kept')!;
  const viewed = watched.allocate(10, 'viewed')!.view('uint16');
  watched.allocate(1000, 'lost');
  watched.allocate(10, 'freed')!.free();
  watched.allocate(10, 'listening')!.onMove(() => {});
  warned.allocate(20, 'silent');
  throwing.allocate(30, 'loud');
  unwatched.allocate(40, 'by id');
  return { watched, warned, throwing, unwatched, kept, viewed };
}

const { watched, warned, throwing, unwatched, kept, viewed } = leakSome();
await settle(() => leaks.length >= 2 && warned.stats().leaks > 0 && throwing.stats().leaks > 0);

/** With a block that nobody has any more, and which is reported although the pool goes with it. */
function dropPool(): WeakRef<MemoryPool> {
  const pool = new MemoryPool({ ...base, name: 'dropped', leaks: true });
  pool.free(pool.malloc(10));
  pool.allocate(10, 'gone with the pool');
  return new WeakRef(pool);
}
const dropped = dropPool();
await settle(() => dropped.deref() === undefined);
const counted = collector.report().statistics.find(({ name }) => name === 'memory_pool_allocations')!.stats.total;

const seen: Seen = {
  leaks: leaks.map(({ pool, id, requested, ageMillis, stack = '' }) => {
    return { pool, id, requested, aged: ageMillis > 0, stack: stack.includes('leakSome'), ours: stack.includes('MemoryPool') };
  }),
  has: ['kept', 'viewed', 'lost', 'listening'].map((id) => watched.has(id)),
  alive: [kept.state, viewed.length],
  counts: [watched, warned, throwing, unwatched].map((pool) => [pool.stats().leaks, pool.stats().blocks.current]),
  poolCollected: dropped.deref() === undefined,
  counted,
  warnings,
};
console.log(JSON.stringify(seen));
