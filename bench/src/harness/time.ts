import type { Timed } from './case.ts';
import { median } from './median.ts';

const WARM_UP_MILLIS = 150;
const BATCH_MILLIS = 2;
const MEASURED_MILLIS = 300;
const ENOUGH_BATCHES = 3;
/** After which fewer batches will do. */
const ENOUGH_MILLIS = 1000;

/** Nanoseconds of one time, as the median of the batches after warm-up. */
export async function time(subject: Timed): Promise<number> {
  let done = 0;
  const batch = async (times: number): Promise<number> => {
    await subject.before?.();
    const start = process.hrtime.bigint();
    const running = subject.run(times);
    // Awaiting what is no promise would put a turn of the microtask queue into each batch.
    if (running !== undefined) await running;
    const nanoseconds = Number(process.hrtime.bigint() - start);
    done += times;
    return nanoseconds;
  };
  let times = 1;
  if (subject.before === undefined) times = await calibrate(batch);
  else await batch(times);
  const batches: number[] = [];
  let spent = 0;
  while (spent < MEASURED_MILLIS * 1e6 || (batches.length < ENOUGH_BATCHES && spent < ENOUGH_MILLIS * 1e6)) {
    const nanoseconds = await batch(times);
    spent += nanoseconds;
    batches.push(nanoseconds / times);
  }
  await subject.check(done);
  return median(batches);
}

/** Warms up in batches that grow, and returns how many times make a batch. */
async function calibrate(batch: (times: number) => Promise<number>): Promise<number> {
  const end = performance.now() + WARM_UP_MILLIS;
  let times = 1;
  for (;;) {
    const nanoseconds = await batch(times);
    if (nanoseconds < BATCH_MILLIS * 1e6) times *= 2;
    else if (performance.now() >= end) return times;
  }
}
