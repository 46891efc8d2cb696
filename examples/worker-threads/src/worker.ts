/* oxlint-disable unicorn/require-post-message-target-origin -- threads have no origin, windows have */
import { parentPort } from 'node:worker_threads';
import { countPrimes, type Range } from './primes.ts';

const main = parentPort!;

main.on('message', (range: Range | 'done') => {
  // With nothing left to listen to, the thread ends of itself: process.exit and worker.terminate() would leave it no time to push.
  if (range === 'done') main.close();
  else main.postMessage(countPrimes(range));
});
main.postMessage('ready');
