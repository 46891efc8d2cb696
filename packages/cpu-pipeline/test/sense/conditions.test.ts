import { afterEach, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { Conditions } from '../../src/sense/conditions.ts';
import { CHIPS, CPUFREQ, MACHINE, RAPL, Root, THERMAL, V1_LIMITED, V1_UNLIMITED, V2, type Tree } from './trees.ts';

const opened: Disposable[] = [];
afterEach(() => {
  while (opened.length > 0) opened.pop()![Symbol.dispose]();
});

function open(...trees: Tree[]) {
  const root = new Root(...trees);
  const conditions = new Conditions({ root: root.path });
  opened.push(root, conditions);
  return { root, conditions };
}

describe('cgroups of version 2', () => {
  test('the tightest of a service and the slices around it binds', () => {
    const { root, conditions } = open(MACHINE, V2);
    root.write('sys/fs/cgroup/work.slice/cpu.stat', 'nr_periods 60\nnr_throttled 9\nthrottled_usec 1250000\n');
    const { effectiveCpus, throttling, memory } = conditions.read();
    expect(effectiveCpus).toBe(0.75);
    expect(throttling).toEqual({ share: 0.4, seconds: 0.25 });
    expect(memory).toMatchObject({ share: 0.85, limitBytes: 8e9, availableBytes: 1.2e9 });
    expect(conditions.describe()).toMatchObject({
      throttling: { source: expect.stringMatching(/work\.slice\/cpu\.max$/) },
      memory: { source: expect.stringMatching(/work\.slice\/memory\.max$/) },
    });
  });

  test('its own pressure is read, not that of the machine', () => {
    const { conditions } = open(MACHINE, V2);
    expect(conditions.describe().cpuPressure).toEqual({ source: expect.stringMatching(/ocr\.service\/cpu\.pressure$/) });
  });

  test('a quota that is lifted while it runs is lifted', () => {
    const { root, conditions } = open(MACHINE, V2);
    root.write('sys/fs/cgroup/work.slice/cpu.max', 'max 100000\n');
    expect(conditions.read()).toMatchObject({ throttling: undefined, effectiveCpus: expect.any(Number) });
    expect(conditions.read().effectiveCpus).toBeGreaterThanOrEqual(1);
  });
});

describe('cgroups of version 1', () => {
  test('-1 and the largest number are no limits', () => {
    const { conditions } = open(MACHINE, V1_UNLIMITED);
    const { effectiveCpus, throttling, memory } = conditions.read();
    expect(effectiveCpus).toBeGreaterThanOrEqual(1);
    expect(throttling).toBeUndefined();
    expect(memory).toMatchObject({ limitBytes: 24684092 * 1024, availableBytes: 18513069 * 1024, share: expect.closeTo(0.25, 3) });
    expect(conditions.describe().throttling).toEqual({ reason: 'no cgroup with a processor quota' });
  });

  test('limits of a container are read where its part of the hierarchy is mounted', () => {
    const { root, conditions } = open(MACHINE, V1_LIMITED);
    root.write('sys/fs/cgroup/cpu,cpuacct/cpu.stat', 'nr_periods 110\nnr_throttled 20\nthrottled_time 2500000000\n');
    const { effectiveCpus, throttling, memory } = conditions.read();
    expect(effectiveCpus).toBe(0.5);
    expect(throttling).toEqual({ share: 1, seconds: 0.5 });
    expect(memory).toMatchObject({ share: 0.5, limitBytes: 1e9 });
  });

  test('the pressure of version 2 beside it is read', () => {
    const { conditions } = open(MACHINE, V1_UNLIMITED);
    expect(conditions.describe().cpuPressure).toEqual({ source: expect.stringMatching(/unified\/cpu\.pressure$/) });
    expect(conditions.describe().ioPressure).toEqual({ source: expect.stringMatching(/proc\/pressure\/io$/) });
  });
});

test('without /proc and /sys what only they tell is absent, with the reason', () => {
  const { conditions } = open();
  expect(conditions.read()).toMatchObject({
    idleCpus: undefined,
    cpuPressure: undefined,
    memoryPressure: undefined,
    ioPressure: undefined,
    throttling: undefined,
    memory: undefined,
    temperatureCelsius: undefined,
    power: undefined,
    frequencyHertz: undefined,
    eventLoop: { utilization: expect.any(Number) },
  });
  const absent = Object.entries(conditions.describe()).filter(([, status]) => 'reason' in status);
  expect(absent.map(([name]) => name)).toEqual([
    'idleCpus',
    'cpuPressure',
    'memoryPressure',
    'ioPressure',
    'throttling',
    'memory',
    'temperatureCelsius',
    'power',
    'frequencyHertz',
  ]);
});

test('a text that is no reading is absent, not zero', () => {
  const { conditions } = open({ 'proc/pressure/cpu': 'nothing\n', 'proc/meminfo': '\n', 'proc/stat': 'intr 1\n' });
  expect(conditions.read()).toMatchObject({ cpuPressure: undefined, memory: undefined, idleCpus: undefined });
  expect(conditions.describe().cpuPressure).toEqual({ reason: expect.stringContaining('no figures in it') });
});

test('idle processors are counted by what the times have grown', () => {
  const { root, conditions } = open(MACHINE);
  root.write('proc/stat', MACHINE['proc/stat']!.replace('1843847', '1843922').replace('2527145', '2527160').replace(' 9349 ', ' 9359 '));
  // 25 of 100 ticks on two processors.
  expect(conditions.read().idleCpus).toBe(0.5);
});

test('the hottest thermal zone of a processor counts, and no other zone', () => {
  const { root, conditions } = open(THERMAL, CHIPS);
  expect(conditions.read().temperatureCelsius).toBe(61.5);
  root.write('sys/class/thermal/thermal_zone2/temp', '-274000\n');
  expect(conditions.read().temperatureCelsius).toBeUndefined();
});

test('without such a zone a chip of the processor is read', () => {
  const { conditions } = open(CHIPS);
  expect(conditions.read().temperatureCelsius).toBe(52);
  expect(conditions.describe().temperatureCelsius).toEqual({ source: expect.stringMatching(/hwmon1\/temp1_input$/) });
});

test('the frequency is the mean of processors', () => {
  const { conditions } = open(CPUFREQ);
  expect(conditions.read().frequencyHertz).toBe(2.4e9);
});

test('once closed, files are not read any more, and it can be closed again', () => {
  const { conditions } = open(MACHINE, V2, THERMAL, RAPL, CPUFREQ);
  conditions.close();
  conditions.close();
  expect(conditions.read()).toMatchObject({ cpuPressure: undefined, memory: undefined, power: undefined, temperatureCelsius: undefined });
});

test('a root that is no text is refused', () => {
  expect(() => new Conditions({ root: 1 as never })).toThrow(new TypeError('root must be a path, not 1'));
});

describe('this machine', () => {
  test('reads what it has, each within its bounds', async () => {
    using conditions = new Conditions();
    await sleep(60);
    const reading = conditions.read();
    expect(reading.seconds).toBeGreaterThan(0.05);
    expect(reading.effectiveCpus).toBeGreaterThan(0);
    expect(reading.eventLoop.utilization).toBeGreaterThanOrEqual(0);
    expect(reading.eventLoop.utilization).toBeLessThanOrEqual(1);
    expect(reading.eventLoop.delayP99Seconds).toBeGreaterThanOrEqual(0);
    expect(reading.memory!.share).toBeGreaterThan(0);
    expect(reading.memory!.share).toBeLessThanOrEqual(1);
    expect(reading.memory!.rssBytes).toBeGreaterThan(1e6);
    for (const [name, status] of Object.entries(conditions.describe()))
      expect([name, reading[name as keyof typeof reading] !== undefined]).toEqual([name, 'source' in status]);
  });

  test('a busy thread shows in the use of the loop, and pressure and idle processors stay within bounds', () => {
    using conditions = new Conditions();
    const until = performance.now() + 150;
    while (performance.now() < until);
    const { eventLoop, idleCpus, effectiveCpus, cpuPressure } = conditions.read();
    expect(eventLoop.utilization).toBeGreaterThan(0.5);
    for (const [value, most] of [
      [idleCpus, effectiveCpus],
      [cpuPressure?.some, 1],
    ] as const)
      if (value !== undefined) expect(value >= 0 && value <= most).toBe(true);
  });
});
