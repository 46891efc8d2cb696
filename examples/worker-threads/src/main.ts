/* oxlint-disable unicorn/require-post-message-target-origin -- threads have no origin, windows have */
import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { threadId, Worker } from 'node:worker_threads';
import { countPrimes, type Range } from './primes.ts';

const LIMIT = 2_000_000;
const RANGES = 40;

interface Share {
  readonly thread: number;
  readonly ranges: number;
  readonly primes: number;
}

const ranges = Array.from({ length: RANGES }, (_, i): Range => ({ from: (LIMIT / RANGES) * i, to: (LIMIT / RANGES) * (i + 1) })).values();

/** All threads take from the same ranges: who is fast takes more. */
async function count(thread: number, countRange: (range: Range) => number | Promise<number>): Promise<Share> {
  let primes = 0;
  let counted = 0;
  for (const range of ranges) {
    primes += await countRange(range);
    counted++;
    await nextTurn();
  }
  return { thread, ranges: counted, primes };
}

/** The worker inherits --import, and so has an otel-perf of its own. */
async function startWorker(): Promise<Worker> {
  const worker = new Worker(new URL('./worker.js', import.meta.url));
  await once(worker, 'message');
  return worker;
}

async function countIn(worker: Worker): Promise<Share> {
  const share = await count(worker.threadId, async (range) => {
    worker.postMessage(range);
    const [primes] = (await once(worker, 'message')) as [number];
    return primes;
  });
  worker.postMessage('done');
  await once(worker, 'exit');
  return share;
}

const workers = await Promise.all(Array.from({ length: Number(process.argv[2] ?? 3) }, startWorker));
const shares = await Promise.all([...workers.map(countIn), count(threadId, countPrimes)]);
for (const share of shares) console.log(`Thread ${share.thread} counted ${share.ranges} ranges`);
console.log(`${shares.reduce((sum, { primes }) => sum + primes, 0)} primes below ${LIMIT}`);
