import { expect, test } from '@jest/globals';
import { threadsOf } from '../../src/adapt/moves.ts';
import type { ConditionsReading } from '../../src/sense/reading.ts';
import { setUp } from './run.ts';

const BEST = { batchSize: 8, workers: 2, threads: 1 };
const memory = (share: number): Partial<ConditionsReading> => ({ memory: { share, availableBytes: 1, limitBytes: 2, rssBytes: 1 } });
const loop = (delayP99Seconds: number, some = 0.5): Partial<ConditionsReading> => ({
  eventLoop: { delayP99Seconds, utilization: 1 },
  cpuPressure: { some, full: 0 },
});
const power = (watts: number, limitWatts: number | undefined = 15): Partial<ConditionsReading> => ({ power: { watts, limitWatts } });

test.each([
  ['temperature', { temperatureCelsius: 76 }, { temperatureCelsius: 71 }, 'workers'],
  ['power', power(14), power(10), 'workers'],
  ['memory', memory(0.81), memory(0.5), 'batchSize'],
  ['event_loop_delay', loop(0.2), loop(0.001, 0.03), 'workers'],
] as const)('%s beyond its bound takes away, and holds back until there is room', async (name, beyond, well, setting) => {
  const { plant, optimizer, run } = setUp({ reprobeSeconds: 2, plant: { settings: BEST } });
  plant.readings = beyond;
  await run(0.2);
  expect(optimizer.decisions).toMatchObject([{ from: BEST, setting, reason: name, conditions: beyond }]);
  expect(optimizer.constraints()[name]).toMatchObject({ holding: true });
  await run(20);
  expect(plant.settings).toEqual(
    name === 'memory' ? { batchSize: 1, workers: 1, threads: 1 } : { ...plant.settings, workers: 1, threads: 1 },
  );
  plant.readings = well;
  await run(20);
  expect(optimizer.constraints()[name]).toMatchObject({ holding: false });
  expect(threadsOf(plant.settings)).toBe(2);
});

test.each([
  ['temperature', { temperatureCelsius: 75 }],
  ['power', power(13.5)],
  ['memory', memory(0.8)],
  ['event_loop_delay', loop(0.1)],
] as const)('%s at its bound takes nothing away', async (name, readings) => {
  const { plant, optimizer, run } = setUp({ plant: { settings: BEST } });
  plant.readings = readings;
  await run(5);
  expect(optimizer.decisions.map(({ reason }) => reason)).not.toContain(name);
});

test('between its bound and well below, what was taken away is not added again', async () => {
  const { plant, optimizer, run } = setUp({ reprobeSeconds: 1, plant: { settings: BEST } });
  plant.readings = { temperatureCelsius: 80 };
  await run(0.2);
  expect(plant.settings.workers).toBe(1);
  plant.readings = { temperatureCelsius: 74 };
  await run(20);
  expect(plant.settings.workers).toBe(1);
  expect(optimizer.constraints().temperature).toEqual({ bound: 75, holding: true });
});

test('a loop that is late by its own work takes nothing away', async () => {
  const { plant, optimizer, run } = setUp({ plant: { settings: BEST } });
  plant.readings = loop(0.5, 0.03);
  await run(5);
  expect(optimizer.decisions.map(({ reason }) => reason)).not.toContain('event_loop_delay');
});

test('a single reading beyond the bound does nothing', async () => {
  const { plant, optimizer, run } = setUp({ plant: { settings: BEST } });
  for (let cycle = 0; cycle < 20; cycle++) {
    plant.readings = { temperatureCelsius: cycle % 2 === 0 ? 90 : 60 };
    await run(0.1);
  }
  expect(optimizer.decisions.map(({ reason }) => reason)).not.toContain('temperature');
});

test('a trial is broken off for a constraint', async () => {
  const { plant, optimizer, run } = setUp();
  while (plant.settings.workers === 1) await run(0.1);
  plant.readings = { temperatureCelsius: 90 };
  await run(1);
  expect(optimizer.decisions[1]).toMatchObject({ reason: 'temperature', from: { workers: 2 }, to: { workers: 1, threads: 1 } });
});

test('constraints act when no item is finished, too', async () => {
  const { plant, optimizer, run } = setUp({ plant: { settings: BEST, arrivals: 0 } });
  plant.readings = memory(0.95);
  await run(1);
  expect(optimizer.decisions[0]).toMatchObject({ reason: 'memory', to: { batchSize: 4 } });
});

test('one whose sensor is absent cannot act, and says so', async () => {
  const { optimizer, plant, run } = setUp();
  await run(0.1);
  expect(optimizer.constraints()).toEqual({
    temperature: { bound: 75, holding: false, cannotAct: 'not there' },
    power: { bound: 0.9, holding: false, cannotAct: 'not there' },
    memory: { bound: 0.8, holding: false },
    event_loop_delay: { bound: 0.1, holding: false },
  });
  plant.readings = power(10, undefined);
  plant.readings = { power: { watts: 10, limitWatts: undefined } };
  await run(0.1);
  expect(optimizer.constraints().power).toMatchObject({ cannotAct: 'the machine tells no power limit' });
});

test('power and temperature are bound by what they are set to while it runs', async () => {
  const { optimizer, plant, run } = setUp({ plant: { settings: BEST } });
  plant.readings = { temperatureCelsius: 60 };
  optimizer.thermalConstraint = 50;
  optimizer.powerConstraint = 0.5;
  await run(0.2);
  expect(optimizer.decisions).toMatchObject([{ reason: 'temperature' }]);
  expect(optimizer.constraints()).toMatchObject({ temperature: { bound: 50 }, power: { bound: 0.5 } });
  expect(() => (optimizer.thermalConstraint = 0)).toThrow(new RangeError('thermalConstraint must be a number from 1 to 150, not 0'));
  expect(() => (optimizer.powerConstraint = '1' as never)).toThrow(
    new TypeError('powerConstraint must be a number from 0.01 to 1, not "1"'),
  );
  expect([optimizer.thermalConstraint, optimizer.powerConstraint]).toEqual([50, 0.5]);
});

test('more threads than processors are taken away at once, also when the quota shrinks', async () => {
  const { optimizer, plant, run } = setUp({ plant: { settings: { batchSize: 1, workers: 2, threads: 2 } } });
  await run(0.1);
  expect(optimizer.decisions).toMatchObject([{ to: { workers: 2, threads: 1 }, reason: 'limits' }]);
  plant.readings = { effectiveCpus: 1.5 };
  await run(0.5);
  expect(plant.settings).toMatchObject({ workers: 1, threads: 1 });
});

test.each([
  ['throttling', { throttling: { share: 0.5, seconds: 0.1 } }],
  ['context_switches', { cpuPressure: undefined, involuntarySwitchesPerSecond: 500 }],
] as const)('%s tells of crowding where the pressure does not', async (reason, readings) => {
  const { optimizer, plant, run } = setUp({ target: { p95BelowSeconds: 0.002 }, plant: { settings: BEST } });
  plant.readings = readings;
  await run(0.5);
  expect(optimizer.decisions[0]).toMatchObject({ reason, to: { workers: 1 } });
});
