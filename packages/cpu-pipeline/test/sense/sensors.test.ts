import { describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { field, KeptFile } from '../../src/sense/kept-file.ts';
import { PowerSensor } from '../../src/sense/power.ts';
import { parsePressure, PressureSensor } from '../../src/sense/pressure.ts';
import { pressure, RAPL, Root } from './trees.ts';

const ENERGY = 'sys/class/powercap/intel-rapl:0/energy_uj';
const OTHER_ENERGY = 'sys/class/powercap/intel-rapl:1/energy_uj';

describe('power', () => {
  test('packages are summed; zones within them and the sum of the machine are not counted again', () => {
    using root = new Root(RAPL);
    using sensor = new PowerSensor(root.path);
    root.write(ENERGY, '260020000000\n');
    root.write(OTHER_ENERGY, '50010000000\n');
    root.write('sys/class/powercap/intel-rapl:0:0/energy_uj', '900000000\n');
    expect(sensor.read(2)).toEqual({ watts: 15, limitWatts: 30 });
  });

  test('a counter that begins anew is counted on', () => {
    using root = new Root(RAPL);
    using sensor = new PowerSensor(root.path);
    // 2,143,328,850 µJ up to the range, and 10 J more.
    root.write(ENERGY, '10000000\n');
    expect(sensor.read(1)!.watts).toBeCloseTo(2153.32885, 5);
    root.write(ENERGY, '22000000\n');
    expect(sensor.read(1)!.watts).toBeCloseTo(12, 9);
  });

  test('a counter that begins anew, of unknown range, gives no reading once', () => {
    using root = new Root(RAPL);
    root.write('sys/class/powercap/intel-rapl:0/max_energy_range_uj', '\n');
    using sensor = new PowerSensor(root.path);
    root.write(ENERGY, '10000000\n');
    expect(sensor.read(1)).toBeUndefined();
    root.write(ENERGY, '11000000\n');
    expect(sensor.read(1)!.watts).toBeCloseTo(1, 9);
  });

  test('without a limit the watts are told alone', () => {
    using root = new Root(RAPL);
    root.write('sys/class/powercap/intel-rapl:1/constraint_0_power_limit_uw', '0\n');
    using sensor = new PowerSensor(root.path);
    expect(sensor.read(1)).toEqual({ watts: 0, limitWatts: undefined });
  });

  test('a counter that is not there is absent, with the reason', () => {
    using root = new Root(RAPL);
    for (const path of [ENERGY, OTHER_ENERGY]) rmSync(join(root.path, path));
    using sensor = new PowerSensor(root.path);
    expect(sensor.read(1)).toBeUndefined();
    expect(sensor.status).toEqual({ reason: expect.stringMatching(/energy_uj: ENOENT$/) });
  });
});

describe('pressure', () => {
  test('is the growth of the totals as a share of the time', () => {
    using root = new Root({ cpu: pressure(5_000_000, 1_000_000) });
    using sensor = new PressureSensor([join(root.path, 'missing'), join(root.path, 'cpu')]);
    root.write('cpu', pressure(5_500_000, 1_200_000));
    expect(sensor.read(2)).toEqual({ some: 0.25, full: 0.1 });
    expect(sensor.read(2)).toEqual({ some: 0, full: 0 });
  });

  test('of a kernel that tells of some tasks alone has no full', () => {
    using root = new Root({ cpu: 'some avg10=0.00 avg60=0.00 avg300=0.00 total=7\n' });
    using sensor = new PressureSensor([join(root.path, 'cpu')]);
    expect(sensor.read(1)).toEqual({ some: 0, full: undefined });
  });

  test('stays a share whatever the totals do', () => {
    const total = fc.integer({ min: 0, max: 2 ** 50 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(total, total), { minLength: 1, maxLength: 10 }),
        fc.double({ min: 1e-6, max: 100, noNaN: true }),
        (totals, seconds) => {
          using root = new Root({ cpu: pressure(0) });
          using sensor = new PressureSensor([join(root.path, 'cpu')]);
          for (const [some, full] of totals) {
            root.write('cpu', pressure(some, full));
            for (const share of Object.values(sensor.read(seconds)!)) expect(share >= 0 && share <= 1).toBe(true);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  test('no text is mistaken for figures', () => {
    fc.assert(fc.property(fc.string(), (text) => expect(parsePressure(text.replaceAll('total=', ''))).toBeUndefined()));
  });
});

describe('kept files', () => {
  test('a field is found by its whole name, on any line', () => {
    const text = 'total_cache 1\ncache 2\nthrottled_usec 3\nlast 4';
    expect(['total_cache', 'cache', 'throttled_usec', 'last', 'total', 'usec'].map((name) => field(text, name))).toEqual([
      1,
      2,
      3,
      4,
      undefined,
      undefined,
    ]);
    expect(field('max max\n', 'max')).toBeUndefined();
  });

  test('say why they cannot be opened', () => {
    using root = new Root({ 'folder/file': '1' });
    expect(KeptFile.open(join(root.path, 'missing'))).toEqual({ reason: expect.stringMatching(/missing: ENOENT$/) });
    expect(KeptFile.open(join(root.path, 'folder'))).toEqual({ reason: expect.stringMatching(/folder: EISDIR$/) });
  });

  // Of a process that has ended, as of a cgroup or a device that was removed, an open file can be read no more.
  (existsSync('/proc/self/stat') ? test : test.skip)('are absent once what they tell of is gone', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: ['pipe', 'ignore', 'ignore'] });
    using file = KeptFile.open(`/proc/${child.pid}/stat`) as KeptFile;
    expect(file.text()).toContain(`${child.pid} `);
    child.stdin.end();
    await once(child, 'exit');
    expect(file.text()).toBeUndefined();
    expect(file.number()).toBeUndefined();
  });
});
