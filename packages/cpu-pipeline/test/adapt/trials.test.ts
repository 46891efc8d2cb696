import { expect, test } from '@jest/globals';
import { SEEDS, setUp } from './run.ts';

type SetUp = ReturnType<typeof setUp>;

const isOneMoreWorker = ({ plant }: SetUp): boolean => plant.settings.workers === 2 && plant.settings.threads === 1;

/** Seconds until it is so. */
async function until({ run }: SetUp, isSo: () => boolean, most = 30): Promise<number> {
  let seconds = 0;
  for (; !isSo() && seconds < most; seconds += 0.1) await run(0.1);
  return seconds;
}

/** Seconds until two workers are in force and stay so for one and a half. */
async function untilTwoWorkersStay(subject: SetUp): Promise<number> {
  let inARow = 0;
  return (await until(subject, () => (inARow = isOneMoreWorker(subject) ? inARow + 1 : 0) >= 15)) - 1.5;
}

const lastReason = ({ optimizer }: SetUp) => optimizer.decisions.at(-1)?.reason;

test('what is tried while little comes in is not blamed for that', async () => {
  for (const seed of SEEDS) {
    const subject = setUp({ plant: { seed, arrivals: 3000 } });
    const { plant, run } = subject;
    plant.waiting = 1e5;
    await until(subject, () => lastReason(subject) === 'probe');
    expect(isOneMoreWorker(subject)).toBe(true);
    [plant.waiting, plant.arrivals] = [0, 300];
    await run(0.5);
    [plant.waiting, plant.arrivals] = [1e5, 3000];
    expect(await untilTwoWorkersStay(subject)).toBeLessThan(5);
  }
});

test('what is tried while a surge comes in is not blamed for the latency of its queue', async () => {
  for (const seed of SEEDS) {
    const subject = setUp({ target: { p95BelowSeconds: 0.02 }, plant: { seed } });
    const { plant } = subject;
    await until(subject, () => lastReason(subject) === 'probe' && isOneMoreWorker(subject));
    [plant.waiting, plant.arrivals] = [1500, 2500];
    expect(await untilTwoWorkersStay(subject)).toBeLessThan(5);
  }
});

test('no comparison adds threads while a constraint holds', async () => {
  for (const seed of SEEDS) {
    const { plant, optimizer, run } = setUp({ plant: { seed } });
    for (let cycle = 0; cycle < 300; cycle++) {
      // Beyond 75 with both threads now and then, and never cool enough for more with one.
      plant.readings = {
        temperatureCelsius: (plant.settings.workers * plant.settings.threads === 1 ? 72.7 : 74.6) + 0.7 * Math.sin(cycle * seed),
      };
      const made = optimizer.decisions.length;
      await run(0.1);
      if (optimizer.decisions.length === made || !optimizer.constraints().temperature.holding) continue;
      const { from, to, reason } = optimizer.decisions.at(-1)!;
      if (reason !== 'no_gain') expect(to.workers * to.threads).toBeLessThanOrEqual(from.workers * from.threads);
    }
  }
});

test('no comparison goes back to more threads than there are processors by then', async () => {
  const subject = setUp();
  const { plant, optimizer, run } = subject;
  await until(subject, () => lastReason(subject) === 'compare' && plant.settings.workers === 1);
  plant.readings = { effectiveCpus: 1 };
  const made = optimizer.decisions.length;
  await run(5);
  expect(optimizer.decisions.slice(made).filter(({ to }) => to.workers * to.threads > 1)).toEqual([]);
});

test('the performance is that of the settings that were chosen, also when what was tried cannot be kept', async () => {
  const subject = setUp();
  const { plant, optimizer, run } = subject;
  await until(subject, () => lastReason(subject) === 'gain');
  expect(optimizer.stats().performance).toBeGreaterThan(0.9);
  plant.failing = true;
  await until(subject, () => lastReason(subject) === 'apply_failed');
  plant.failing = false;
  await run(3);
  expect(optimizer.stats().performance).toBeGreaterThan(0.8);
});
