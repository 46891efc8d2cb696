import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RollingWindow } from '../../src/window/rolling-window.ts';
import { momentsOfIntegers, percentileBySorting } from './reference.ts';

interface Entry {
  readonly value: number;
  readonly at: number;
}

/** Everything ever added, looked through at each question. */
class NaiveWindow {
  readonly size: number;
  readonly maxAge: number;
  all: Entry[] = [];

  constructor(size: number, maxAge: number) {
    this.size = size;
    this.maxAge = maxAge;
  }

  at(now: number): number[] {
    return this.all.slice(-this.size).flatMap(({ value, at }) => (now - at > this.maxAge ? [] : [value]));
  }
}

type Step = { add: number[] } | { wait: number } | { clear: true };

const steps = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ add: fc.array(fc.integer({ min: -1e6, max: 1e6 }), { maxLength: 40 }) }) },
    { weight: 4, arbitrary: fc.record({ wait: fc.oneof(fc.nat(50), fc.constantFrom(0, 100, 1e9)) }) },
    { weight: 1, arbitrary: fc.constant<Step>({ clear: true }) },
  ),
  { maxLength: 25 },
);
const size = fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(1, 15, 16, 17, 31, 32, 33));
const maxAge = fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 200 }));

describe('a rolling window against a list of everything', () => {
  test('by count and by age, through idle gaps and jumps of the clock', () => {
    fc.assert(
      fc.property(size, maxAge, steps, fc.integer({ min: 0, max: 50 }), (limit, age, script, recent) => {
        const window = new RollingWindow(limit, age);
        const naive = new NaiveWindow(limit, age);
        let now = 0;
        for (const step of script) {
          if ('wait' in step) now += step.wait;
          else if ('clear' in step) {
            window.clear();
            naive.all = [];
          } else {
            for (const value of step.add) {
              window.add(value, now);
              naive.all.push({ value, at: now });
            }
          }
          const expected = naive.at(now);
          const stats = window.stats(now, [0, 37.5, 99]);
          expect(window.countAt(now)).toBe(expected.length);
          expect(window.recent(recent, now)).toEqual(recent === 0 ? [] : expected.slice(-recent));
          expect([stats.count, stats.seen]).toEqual([expected.length, naive.all.length]);
          if (expected.length === 0) {
            expect(stats).toEqual({ count: 0, seen: naive.all.length, total: 0, percentiles: {} });
            continue;
          }
          const { total, average, stdDev } = momentsOfIntegers(expected);
          expect(stats).toMatchObject({
            total,
            average,
            min: Math.min(...expected),
            max: Math.max(...expected),
            lastValue: expected.at(-1),
          });
          expect(stats.stdDev).toBeCloseTo(stdDev, 6);
          for (const p of [0, 37.5, 99]) expect(stats.percentiles[`p${p}`]).toBeCloseTo(percentileBySorting(expected, p), 6);
        }
      }),
    );
  });

  test('combining windows keeps the newest values of all, in order of time where all have an age', () => {
    const parts = fc.array(fc.array(fc.record({ value: fc.integer(), wait: fc.nat(20) }), { maxLength: 30 }), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(parts, size, fc.integer({ min: 1, max: 300 }), fc.boolean(), (lists, limit, age, timed) => {
        const entries: Entry[][] = [];
        let latest = 0;
        const windows = lists.map((list) => {
          const window = new RollingWindow(100, timed ? age : Infinity);
          let at = 0;
          entries.push(
            list.map(({ value, wait }) => {
              at += wait;
              window.add(value, at);
              return { value, at };
            }),
          );
          latest = Math.max(latest, at);
          return window;
        });
        const live = entries.flat().filter(({ at }) => !timed || latest - at <= age);
        if (timed) live.sort((a, b) => a.at - b.at);
        const combined = RollingWindow.combine(windows, limit, timed ? age : Infinity, latest);
        expect(combined.recent(1000, latest)).toEqual(live.slice(-limit).map(({ value }) => value));
        expect(combined.seen).toBe(entries.flat().length);
      }),
    );
  });
});

test('memory follows the values held, not the size that is allowed', () => {
  const before = process.memoryUsage().arrayBuffers;
  const window = new RollingWindow(2 ** 30, 10_000);
  for (let i = 0; i < 5000; i++) window.add(i, i);
  expect(window.stats(5000, [50])).toMatchObject({ count: 5000, min: 0, max: 4999, percentiles: { p50: 2499.5 } });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 30);
});
