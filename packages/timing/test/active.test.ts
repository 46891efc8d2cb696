import { metrics } from '@opentelemetry/api';
import { afterEach, describe, expect, test } from '@jest/globals';
import { CentralizedMetricsCollector } from '@otel-perf/metrics';
import { timeFunction, type TimingOptions } from '../src/index.ts';
import { fakeClock } from './support/clock.ts';
import { bench } from './support/collector.ts';
import { afterGarbageCollection } from './support/garbage.ts';

describe('trackActive', () => {
  afterEach(() => metrics.disable());

  function gate(options: TimingOptions): { enter: (name: string) => Promise<void>; leave: (name: string) => void } {
    const doors = new Map<string, () => void>();
    const enter = timeFunction('job', { trackActive: true, ...options })(function enter(name: string): Promise<void> {
      return new Promise((resolve) => doors.set(name, resolve));
    });
    return { enter, leave: (name) => doors.get(name)!() };
  }

  test('tells how many calls run, and for how long the oldest has', async () => {
    const clock = fakeClock();
    const { collector, points } = bench({ clock });
    const { enter, leave } = gate({ collector, attributes: { queue: 'a' } });
    clock.at = 1000;
    const first = enter('first');
    clock.at = 3000;
    const second = enter('second');
    clock.at = 4000;
    expect(await points('job_active')).toEqual([[2, { queue: 'a' }]]);
    expect(await points('job_oldest_age')).toEqual([[3, { queue: 'a' }]]);
    leave('first');
    await first;
    expect(await points('job_active')).toEqual([[1, { queue: 'a' }]]);
    expect(await points('job_oldest_age')).toEqual([[1, { queue: 'a' }]]);
    leave('second');
    await second;
    expect(await points('job_active')).toEqual([[0, { queue: 'a' }]]);
    expect(await points('job_oldest_age')).toEqual([[0, { queue: 'a' }]]);
  });

  test('counts calls that throw as over', async () => {
    const { collector, points } = bench();
    const fail = timeFunction('job', { collector, trackActive: true })(() => {
      throw new Error('no');
    });
    expect(fail).toThrow('no');
    expect(await points('job_active')).toEqual([[0, {}]]);
  });

  test('sites of one operation and source share their instruments', async () => {
    const { collector, points } = bench();
    const [one, other] = [gate({ collector }), gate({ collector })];
    void one.enter('a');
    void other.enter('b');
    expect(await points('job_active')).toEqual([[2, {}]]);
  });

  test('forgets a generator that was dropped before its end', async () => {
    const { collector, points } = bench();
    const count = timeFunction('job', { collector, trackActive: true })(function* count() {
      yield 1;
    });
    (() => void count().next())();
    const active = await afterGarbageCollection(
      async () => (await points('job_active'))[0]![0],
      (running) => running === 0,
    );
    expect(active).toBe(0);
  }, 60_000);

  test('appears with a meter provider that is set later', async () => {
    const { enter } = gate({ collector: new CentralizedMetricsCollector() });
    void enter('before');
    const reader = bench();
    metrics.setGlobalMeterProvider(reader.meterProvider);
    void enter('after');
    expect(await reader.points('job_active')).toEqual([[2, {}]]);
  });
});
