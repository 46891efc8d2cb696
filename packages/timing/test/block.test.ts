import { describe, expect, test } from '@jest/globals';
import { getMetricsCollector } from '@otel-perf/metrics';
import { timeBlock, timeExecution } from '../src/index.ts';
import { fakeClock } from './support/clock.ts';
import { bench } from './support/collector.ts';

describe('timeBlock', () => {
  test('with `using` records the time to the end of the scope', () => {
    const clock = fakeClock();
    const { collector, metrics } = bench({ clock });
    {
      using _ = timeBlock('section', { collector });
      clock.at += 250;
    }
    expect(metrics()).toEqual([
      expect.objectContaining({ name: 'section_time', value: 0.25, type: 'time', source: 'time_block', tags: {} }),
    ]);
  });

  test('ends once, by stop() or by the scope', () => {
    const clock = fakeClock();
    const { collector, metrics } = bench({ clock });
    {
      using block = timeBlock('section', { collector });
      expect([block.elapsedTime, block.endTime, block.result]).toEqual([null, null, null]);
      clock.at += 1000;
      expect(block.stop()).toBe(1);
      clock.at += 1000;
      expect(block.stop()).toBe(1);
    }
    expect(metrics().map(({ value }) => value)).toEqual([1]);
  });

  test('tells what a timer tells, and keeps its metadata', () => {
    const clock = fakeClock();
    clock.at = 2000;
    const block = timeBlock('section', { collector: bench({ clock }).collector, metadata: { step: 1 } });
    clock.at = 5000;
    block.stop();
    expect(block.result).toEqual({ operationName: 'section', executionTime: 3, startTime: 2, endTime: 5, metadata: { step: 1 } });
  });

  test('is told of errors by fail(), since `using` does not see them', () => {
    const { collector, log } = bench();
    const run = (): void => {
      using block = timeBlock('section', { collector, attributes: { step: 1 } });
      try {
        throw new RangeError('no');
      } catch (error) {
        block.fail(error);
      }
    };
    run();
    expect(log()).toEqual(['time_block section_time error.type=RangeError step=1']);
  });

  test('with a function returns its result, and lets its error through', async () => {
    const { collector, log } = bench();
    const result = {};
    const error = new TypeError('no');
    expect(timeBlock('sync', { collector }, () => result)).toBe(result);
    expect(await timeBlock('async', { collector, attributes: { a: 1 } }, async () => result)).toBe(result);
    const failing = (): never => {
      throw error;
    };
    expect(() => timeBlock('sync', { collector }, failing)).toThrow(error);
    await expect(timeBlock('async', { collector }, async () => failing())).rejects.toBe(error);
    expect(log()).toEqual([
      'time_block sync_time',
      'time_block async_time a=1',
      'time_block sync_time error.type=TypeError',
      'time_block async_time error.type=TypeError',
    ]);
  });

  test('with collectMetrics false, or a collector that is disabled, measures and records nothing', () => {
    const clock = fakeClock();
    const { collector, log } = bench({ clock });
    const block = timeBlock('section', { collector, collectMetrics: false });
    clock.at = 1000;
    expect(block.stop()).toBe(1);
    expect(timeBlock('section', { collector, collectMetrics: false }, () => 1)).toBe(1);
    collector.disable();
    expect(timeBlock('section', { collector }).stop()).toBe(0);
    expect(log()).toEqual([]);
  });

  test('records into the collector of the process unless it is given another', () => {
    const collector = getMetricsCollector();
    timeBlock('global_section').stop();
    expect(collector.getMetricStats('global_section_time')?.count).toBe(1);
    collector.clearMetrics();
  });

  test('works with more names than are remembered', () => {
    const { collector, metrics } = bench();
    for (let i = 0; i < 1100; i++) timeBlock(`section${i}`, { collector }).stop();
    expect(metrics()).toHaveLength(1100);
  });
});

test('timeExecution is the same as a decorator', () => {
  const { collector, log } = bench();
  class Job {
    @timeExecution('job', { collector }) run(): number {
      return 1;
    }
  }
  expect(new Job().run()).toBe(1);
  expect(log()).toEqual(['time_block job_time']);
});
