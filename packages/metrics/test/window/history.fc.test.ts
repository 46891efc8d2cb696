import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { History } from '../../src/window/history.ts';

interface Event {
  readonly number: number;
  readonly series: number;
  readonly value: number;
  readonly at: number;
}

/** All events in an array, and what of them is still kept. */
class NaiveHistory {
  readonly capacity: number;
  readonly maxAge: number;
  readonly all: Event[] = [];
  cleared = 0;

  constructor(capacity: number, maxAge: number) {
    this.capacity = capacity;
    this.maxAge = maxAge;
  }

  kept(now: number): Event[] {
    return this.all.slice(Math.max(this.cleared, this.all.length - this.capacity)).filter(({ at }) => now - at <= this.maxAge);
  }
}

function read(history: History, now: number): Event[] {
  const events: Event[] = [];
  for (let number = history.firstAt(now); number < history.end; ) {
    const { series, values, times, start, end } = history.slice(number, history.end);
    for (let i = start; i < end; i++) events.push({ number: number + i - start, series: series[i]!, value: values[i]!, at: times[i]! });
    number += end - start;
  }
  return events;
}

type Step = { append: number } | { wait: number } | { clear: true } | { trim: true };

// A chunk has 4096 events: capacities and bursts around its multiples are where a ring of chunks goes wrong.
const capacity = fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 4090, max: 4100 }), fc.integer({ min: 8190, max: 9000 }));
const steps = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ append: fc.oneof(fc.nat(60), fc.integer({ min: 1000, max: 5000 })) }) },
    { weight: 3, arbitrary: fc.record({ wait: fc.oneof(fc.nat(50), fc.constantFrom(0, 100, 1e9)) }) },
    { weight: 1, arbitrary: fc.constantFrom<Step>({ clear: true }, { trim: true }) },
  ),
  { maxLength: 12 },
);
const maxAge = fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 150 }));

function run(history: History, naive: NaiveHistory, script: readonly Step[], check: (now: number) => void): number {
  let now = 0;
  for (const step of script) {
    if ('wait' in step) now += step.wait;
    else if ('clear' in step) {
      history.clear();
      naive.cleared = naive.all.length;
    } else if ('trim' in step) history.trim(now);
    else {
      for (let i = 0; i < step.append; i++) {
        const number = naive.all.length;
        const event = { number, series: number % 7, value: number * 1.5, at: now };
        history.append(event.series, event.value, event.at);
        naive.all.push(event);
      }
    }
    check(now);
  }
  return now;
}

describe('the history against an array of everything', () => {
  test('keeps the newest events within capacity and age, in at most 20 bytes for each event of its capacity', () => {
    fc.assert(
      fc.property(capacity, maxAge, steps, (limit, age, script) => {
        const history = new History(limit, age);
        const naive = new NaiveHistory(limit, age);
        run(history, naive, script, (now) => {
          const expected = naive.kept(now);
          expect(read(history, now)).toEqual(expected);
          expect(history.countAt(now)).toBe(expected.length);
          expect(history.end).toBe(naive.all.length);
          expect(history.evictedAt(now)).toBe(naive.all.length - expected.length);
          expect(history.bytes).toBeLessThanOrEqual(20 * limit);
        });
      }),
      { numRuns: 60 },
    );
  });

  test('keeps no chunk but those of what is kept, and the one that is being written', () => {
    fc.assert(
      fc.property(capacity, maxAge, steps, (limit, age, script) => {
        const history = new History(limit, age);
        const naive = new NaiveHistory(limit, age);
        run(history, naive, script, (now) => {
          history.trim(now);
          const expected = naive.kept(now);
          expect(read(history, now)).toEqual(expected);
          // What is kept may begin and end within a chunk, and a ring's last chunk is shorter.
          const chunks = expected.length === 0 ? 1 : Math.ceil(expected.length / 4096) + 2;
          expect(history.bytes).toBeLessThanOrEqual(20 * 4096 * chunks);
        });
      }),
      { numRuns: 60 },
    );
  });

  test('a history that takes over another keeps what fits, and counts the rest as evicted', () => {
    fc.assert(
      fc.property(capacity, maxAge, capacity, maxAge, steps, (limit, age, newLimit, newAge, script) => {
        const history = new History(limit, age);
        const naive = new NaiveHistory(limit, age);
        const now = run(history, naive, script, () => {});
        const successor = new History(newLimit, newAge);
        successor.adopt(history, now);
        const expected = naive
          .kept(now)
          .slice(-newLimit)
          .filter(({ at }) => now - at <= newAge);
        expect(read(successor, now).map(({ value }) => value)).toEqual(expected.map(({ value }) => value));
        expect(successor.evictedAt(now)).toBe(naive.all.length - expected.length);
      }),
      { numRuns: 60 },
    );
  });
});

test('memory of events that have grown old is given back while others are recorded', () => {
  const history = new History(100_000, 1000);
  for (let i = 0; i < 50_000; i++) history.append(0, i, 0);
  for (let i = 0; i < 5000; i++) history.append(0, i, 5000);
  expect(history.countAt(5000)).toBe(5000);
  expect(history.bytes).toBeLessThanOrEqual(4 * 4096 * 20);
});

test('a history that was never written to takes no memory, and gives most of it back when all has grown old', () => {
  const history = new History(100_000, 1000);
  expect(history.bytes).toBe(0);
  for (let i = 0; i < 100_000; i++) history.append(0, i, 0);
  expect(history.bytes).toBe(2_000_000);
  history.trim(2000);
  expect(history.countAt(2000)).toBe(0);
  expect(history.bytes).toBeLessThanOrEqual(4096 * 20);
});

test('chunks that grow old one by one are given back one by one', () => {
  const history = new History(100_000, 1000);
  for (let chunk = 0; chunk < 60; chunk++) {
    for (let i = 0; i < 4096; i++) history.append(0, i, chunk * 5000);
    history.trim(chunk * 5000 + 4000);
    expect(history.bytes).toBeLessThanOrEqual(2 * 4096 * 20);
  }
});
