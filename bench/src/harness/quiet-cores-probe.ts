import { parentPort } from 'node:worker_threads';

const MILLIS = 20;
let kept = 0;

parentPort!.on('message', () => {
  const start = performance.now();
  let times = 0;
  let now: number;
  do {
    busy();
    times++;
    now = performance.now();
  } while (now - start < MILLIS);
  post(times / (now - start));
});
post('ready');

/** Six chains that do not wait for each other. */
function busy(): void {
  let [a, b, c, d, e, f] = [kept + 1, 2, 3, 4, 5, 6];
  for (let i = 0; i < 50_000; i++) {
    a = (a + i) ^ 7;
    b = (b - i) ^ 9;
    c = (c + i) ^ 11;
    d = (d - i) ^ 13;
    e = (e + i) ^ 17;
    f = (f - i) ^ 19;
  }
  kept = (a + b + c + d + e + f) | 0;
}

function post(message: unknown): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of Node's has none
  parentPort!.postMessage(message);
}
