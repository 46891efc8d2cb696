import { describe, expect, test } from '@jest/globals';
import { trackResourceUsage } from '../src/index.ts';
import { bench } from './support/collector.ts';
import { afterGarbageCollection } from './support/garbage.ts';

describe('trackResourceUsage', () => {
  test('records time, CPU and memory of a call', () => {
    const { collector, metrics } = bench();
    trackResourceUsage('work', { collector })(function work() {
      let sum = 0;
      for (let i = 0; i < 1e6; i++) sum += Math.sqrt(i);
      return sum;
    })();
    expect(metrics().map(({ name, type, source, tags }) => [name, type, source, tags])).toEqual([
      ['work_time', 'time', 'work', {}],
      ['work_cpu_user_time', 'time', 'work', {}],
      ['work_cpu_system_time', 'time', 'work', {}],
      ['work_cpu_percent', 'percentage', 'work', {}],
      ['work_memory_delta', 'memory', 'work', {}],
    ]);
    const cpu = metrics().filter(({ name }) => name.includes('cpu'));
    expect(cpu.every(({ value }) => value >= 0)).toBe(true);
  });

  test('does not read the memory with memory false', () => {
    const { collector, log } = bench();
    trackResourceUsage('work', { collector, memory: false })(() => {})();
    expect(log().some((entry) => entry.includes('memory'))).toBe(false);
  });

  test('tags what the process used as approximate where tracked calls overlap, and the time never', async () => {
    const { collector, metrics } = bench();
    const work = trackResourceUsage('work', { collector })(async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
    });
    await Promise.all([work(), work()]);
    await work();
    const tags = metrics().map(({ name, tags }) => [name.replace('work_', ''), tags.approximate]);
    const overlapping = [
      ['time', undefined],
      ['cpu_user_time', true],
      ['cpu_system_time', true],
      ['cpu_percent', true],
      ['memory_delta', true],
    ];
    expect(tags).toEqual([...overlapping, ...overlapping, ...overlapping.map(([name]) => [name, undefined])]);
  });

  test('does not take a generator that was dropped before its end for a call that overlaps', async () => {
    const { collector, metrics } = bench();
    const options = { collector, memory: false };
    const count = trackResourceUsage(
      'count',
      options,
    )(function* count() {
      yield 1;
    });
    const work = trackResourceUsage('work', options)(() => {});
    (() => void count().next())();
    const approximate = await afterGarbageCollection(
      () => {
        collector.clearMetrics();
        work();
        return metrics().some(({ tags }) => tags.approximate === true);
      },
      (overlapped) => !overlapped,
    );
    expect(approximate).toBe(false);
  });

  test('records failed calls with their error', () => {
    const { collector, metrics } = bench();
    const fail = trackResourceUsage('work', { collector })(() => {
      throw new TypeError('no');
    });
    expect(fail).toThrow('no');
    expect(metrics().every(({ tags }) => tags['error.type'] === 'TypeError')).toBe(true);
  });
});
