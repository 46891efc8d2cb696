import { describe, expect, test } from '@jest/globals';
import { bestThroughput, behaviour } from './plant.ts';
import { median, SEEDS, setUp } from './run.ts';

const DEFAULT_OF_ONNXRUNTIME = { batchSize: 1, workers: 1, threads: 2 };

describe.each([
  ['alone', 0],
  ['beside one busy process', 1],
  ['beside two', 2],
] as const)('for throughput, %s', (_, hogs) => {
  test.each([[{ batchSize: 1, workers: 1, threads: 1 }], [DEFAULT_OF_ONNXRUNTIME], [{ batchSize: 2, workers: 2, threads: 2 }]])(
    'from %j it comes near the best fixed setting, trials included',
    async (settings) => {
      const shares: number[] = [];
      for (const seed of SEEDS) {
        const { plant, run } = setUp({ plant: { settings, seed } });
        plant.hogs = hogs;
        await run(10);
        shares.push((await run(30)).throughput / bestThroughput(hogs));
      }
      expect(median(shares)).toBeGreaterThan(0.95);
      expect(Math.min(...shares)).toBeGreaterThan(0.87);
    },
  );
});

test.each([
  [0, 1.9],
  [1, 2.5],
] as const)('with %i busy processes beside it it gives more than the default threads, by %d times', async (hogs, times) => {
  const { plant, run } = setUp({ plant: { settings: DEFAULT_OF_ONNXRUNTIME } });
  plant.hogs = hogs;
  await run(10);
  const { throughput } = await run(20);
  expect(throughput / behaviour(DEFAULT_OF_ONNXRUNTIME, hogs).throughput).toBeGreaterThan(times);
});

describe.each([
  ['second', { share: 0.6, fastSeconds: 1, slowSeconds: 0.5 }],
  ['few seconds', { share: 0.5, fastSeconds: 3, slowSeconds: 2 }],
] as const)('on a machine that is slower by itself every %s', (_, bursts) => {
  const { share, fastSeconds, slowSeconds } = bursts;
  const speed = (fastSeconds + share * slowSeconds) / (fastSeconds + slowSeconds);

  test.each([
    [0, 0.93],
    [1, 0.87],
    [2, 0.92],
  ])('with %i busy processes beside it it comes near the best fixed setting for throughput', async (hogs, least) => {
    const shares: number[] = [];
    for (const seed of SEEDS) {
      const { plant, run } = setUp({ plant: { seed, noise: 0.1, bursts } });
      plant.hogs = hogs;
      await run(20);
      shares.push((await run(60)).throughput / (bestThroughput(hogs) * speed));
    }
    expect(median(shares)).toBeGreaterThan(least);
  });
});

test.each([0, 1, 2])('with %i busy processes beside it, what is tried again now and then costs about a hundredth', async (hogs) => {
  const shares: number[] = [];
  for (const seed of SEEDS) {
    const { plant, optimizer, run } = setUp({ plant: { seed, noise: 0.02, changeSeconds: 0.3 } });
    plant.hogs = hogs;
    await run(60);
    const { length } = optimizer.decisions;
    const { settings } = plant;
    const { throughput } = await run(300);
    shares.push(throughput / behaviour(settings, hogs).throughput);
    expect(optimizer.decisions.length).toBeGreaterThan(length);
  }
  expect(median(shares)).toBeGreaterThan(0.985);
});

test('for throughput it follows busy processes that come and go', async () => {
  const { plant, run } = setUp({ plant: { seed: 3 } });
  for (const hogs of [0, 2, 0, 1, 0]) {
    plant.hogs = hogs;
    await run(10);
    expect((await run(10)).throughput / bestThroughput(hogs)).toBeGreaterThan(0.9);
  }
});

describe('with p95 below 2 ms', () => {
  const p95BelowSeconds = 0.002;

  test('it is back below it within 5 s of a busy process that appears, and returns when that leaves', async () => {
    const [recoveries, returns, idle, beside]: [number[], number[], number[], number[]] = [[], [], [], []];
    for (const seed of SEEDS) {
      const { plant, run } = setUp({ target: { p95BelowSeconds }, plant: { seed } });
      await run(10);
      const alone = await run(15, p95BelowSeconds);
      idle.push(alone.throughput / bestThroughput(0, p95BelowSeconds));
      expect(alone.over).toBeLessThan(0.05);

      plant.hogs = 1;
      let seconds = 0;
      while ((await run(0.5, p95BelowSeconds)).over > 0 && seconds < 20) seconds += 0.5;
      recoveries.push(seconds);
      const besideIt = await run(15, p95BelowSeconds);
      beside.push(besideIt.throughput / bestThroughput(1, p95BelowSeconds));
      expect(besideIt.over).toBeLessThan(0.05);

      plant.hogs = 0;
      seconds = 0;
      while (plant.settings.workers < 2 && seconds < 30) {
        await run(0.5);
        seconds += 0.5;
      }
      returns.push(seconds);
    }
    expect(Math.max(...recoveries)).toBeLessThan(5);
    expect(Math.max(...returns)).toBeLessThan(10);
    expect(median(idle)).toBeGreaterThan(0.93);
    expect(median(beside)).toBeGreaterThan(0.93);
  });

  test('a thread goes first because of the pressure, and the decision holds the readings that say so', async () => {
    const { plant, optimizer, run } = setUp({ target: { p95BelowSeconds }, plant: { settings: { batchSize: 2, workers: 2, threads: 1 } } });
    plant.hogs = 1;
    await run(2);
    const [first] = optimizer.decisions;
    expect(first).toMatchObject({ from: { workers: 2 }, to: { workers: 1 }, setting: 'workers', reason: 'cpu_pressure' });
    expect(first!.load.p95Seconds).toBeGreaterThan(p95BelowSeconds);
    expect(first!.conditions.cpuPressure!.some).toBeGreaterThan(0.2);
  });

  test('a batch that is too large is cut in proportion, without pressure', async () => {
    const { optimizer, plant, run } = setUp({
      target: { p95BelowSeconds },
      plant: { settings: { batchSize: 32, workers: 2, threads: 1 } },
    });
    await run(5);
    expect(optimizer.decisions[0]).toMatchObject({ to: { batchSize: 16 }, setting: 'batchSize', reason: 'latency' });
    expect(plant.settings.batchSize).toBeLessThanOrEqual(3);
    expect((await run(10, p95BelowSeconds)).over).toBeLessThan(0.05);
  });

  test('where it cannot be met, what costs throughput for nothing is taken back', async () => {
    const { optimizer, plant, run } = setUp({ target: { p95BelowSeconds }, plant: { settings: { batchSize: 1, workers: 2, threads: 1 } } });
    plant.hogs = 2;
    await run(10);
    expect(optimizer.decisions.map(({ reason }) => reason)).toContain('no_relief');
    expect((await run(20)).throughput).toBeGreaterThan(0.9 * behaviour({ batchSize: 1, workers: 2, threads: 1 }, 2).throughput);
  });

  test('a queue that grows is met with throughput, not with less of everything', async () => {
    const { plant, run } = setUp({ target: { p95BelowSeconds }, plant: { arrivals: 3000 } });
    plant.waiting = 2000;
    await run(15);
    expect(plant.settings).toMatchObject({ workers: 2, threads: 1 });
    expect(plant.waiting).toBeLessThan(100);
    expect((await run(10, p95BelowSeconds)).over).toBeLessThan(0.05);
  });

  test('a queue that grows beside a busy process has its threads too, though no processor is idle', async () => {
    const { plant, run } = setUp({ target: { p95BelowSeconds }, plant: { arrivals: 2050 } });
    plant.hogs = 1;
    await run(60);
    expect(plant.settings).toMatchObject({ workers: 2, threads: 1 });
  });
});

test('where nothing waits nothing is tried: throughput is what comes in', async () => {
  const { optimizer, run } = setUp({ plant: { arrivals: 500 } });
  await run(20);
  expect(optimizer.decisions).toEqual([]);
});

test('where more comes in than is done, what lets nothing wait is enough', async () => {
  const { plant, run } = setUp({ plant: { arrivals: 2200 } });
  await run(10);
  expect(plant.settings).toMatchObject({ workers: 2, threads: 1 });
  expect(plant.waiting).toBeLessThan(100);
});
