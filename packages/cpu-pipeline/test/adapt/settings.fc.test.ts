import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  clamp,
  concurrencyMoves,
  isWithin,
  largerBatches,
  oneFewer,
  slightlyLargerBatch,
  smallerBatch,
  threadsOf,
} from '../../src/adapt/moves.ts';
import type { Settings, Tunable } from '../../src/adapt/tunable.ts';
import type { ConditionsReading } from '../../src/sense/reading.ts';
import { LIMITS, Plant } from './plant.ts';
import { setUp } from './run.ts';

const range = fc
  .tuple(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 0, max: 16 }))
  .map(([least, more]) => [least, least + more] as const);
const limits: fc.Arbitrary<Tunable['limits']> = fc.record({ batchSize: range, workers: range, threads: range });
const settings: fc.Arbitrary<Settings> = fc.record({
  batchSize: fc.integer({ min: 1, max: 64 }),
  workers: fc.integer({ min: 1, max: 64 }),
  threads: fc.integer({ min: 1, max: 64 }),
});
const share = fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined });
const readings: fc.Arbitrary<Partial<ConditionsReading>> = fc.record({
  effectiveCpus: fc.double({ min: 0.1, max: 4, noNaN: true }),
  idleCpus: share,
  cpuPressure: share.map((some) => (some === undefined ? undefined : { some, full: undefined })),
  throttling: share.map((value) => (value === undefined ? undefined : { share: value, seconds: 0 })),
  memory: share.map((value) => (value === undefined ? undefined : { share: value, availableBytes: 1, limitBytes: 2, rssBytes: undefined })),
  eventLoop: share.map((delayP99Seconds) => ({ delayP99Seconds, utilization: 0.5 })),
  temperatureCelsius: share.map((value) => (value === undefined ? undefined : value * 120)),
  power: share.map((value) => (value === undefined ? undefined : { watts: value * 15, limitWatts: 15 })),
});

test('whatever the readings are, settings stay within their limits, and change only after the cool-down', async () => {
  const steps = fc.array(fc.record({ readings, hogs: fc.integer({ min: 0, max: 2 }), cycles: fc.integer({ min: 1, max: 12 }) }), {
    maxLength: 12,
  });
  const target = fc.constantFrom('throughput' as const, { p95BelowSeconds: 0.002 }, { p95BelowSeconds: 0.02 });
  await fc.assert(
    fc.asyncProperty(steps, target, fc.integer(), async (all, chosen, seed) => {
      const { plant, run, optimizer } = setUp({ target: chosen, coolDownSeconds: 0.3, plant: { seed } });
      for (const step of all) {
        plant.readings = step.readings;
        plant.hogs = step.hogs;
        await run(step.cycles * 0.1);
        const most = Math.max(1, Math.floor(step.readings.effectiveCpus!));
        for (const decision of optimizer.decisions) expect(isWithin(decision.to, LIMITS)).toBe(true);
        if (step.cycles > 5) expect(threadsOf(plant.settings)).toBeLessThanOrEqual(most);
      }
      for (const [index, { at }] of plant.applied.entries()) if (index > 0) expect(at - plant.applied[index - 1]!.at).toBeGreaterThan(0.29);
    }),
    { numRuns: 60 },
  );
});

test('every move is within the limits and another than where it starts', () => {
  fc.assert(
    fc.property(
      settings,
      limits,
      fc.integer({ min: 1, max: 32 }),
      fc.double({ min: 0.1, max: 4, noNaN: true }),
      (any, within, most, factor) => {
        const start = clamp(any, within, most);
        expect(isWithin(start, within)).toBe(true);
        const least = within.workers[0] * within.threads[0];
        expect(threadsOf(start)).toBeLessThanOrEqual(
          Math.max(most, least, within.workers[0] * start.threads, start.workers * within.threads[0]),
        );
        for (const move of concurrencyMoves(start, within, most)) {
          expect(isWithin(move, within)).toBe(true);
          expect(threadsOf(move)).toBeLessThanOrEqual(Math.max(most, threadsOf(start)));
          expect(move).not.toEqual(start);
        }
        for (const move of [...largerBatches(start, within), slightlyLargerBatch(start, within, factor)]) {
          expect(isWithin(move, within)).toBe(true);
          expect(move.batchSize).toBeGreaterThanOrEqual(start.batchSize);
        }
        const [fewer, smaller] = [oneFewer(start, within), smallerBatch(start, within, Math.min(0.99, factor))];
        if (fewer !== undefined) expect(isWithin(fewer, within) && threadsOf(fewer) < threadsOf(start)).toBe(true);
        if (smaller !== undefined) expect(isWithin(smaller, within) && smaller.batchSize < start.batchSize).toBe(true);
        expect(smaller === undefined).toBe(start.batchSize === within.batchSize[0]);
      },
    ),
  );
});

test('the plant is deterministic, so that a failure is seen again', () => {
  const [one, other] = [new Plant({ seed: 5 }), new Plant({ seed: 5 })];
  for (const plant of [one, other]) for (let cycle = 0; cycle < 20; cycle++) plant.run();
  expect(one.items).toBe(other.items);
});
