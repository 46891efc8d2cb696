import { describe, expect, test } from '@jest/globals';
import { getGlobalMonitor, PerformanceMonitor } from '../src/index.ts';
import { warnings } from './support/diag.ts';

function monitorOf(...times: number[]): PerformanceMonitor {
  const monitor = new PerformanceMonitor();
  for (const time of times) monitor.recordTiming('op', time);
  return monitor;
}

describe('PerformanceMonitor', () => {
  test('gives the statistics of one operation, or of all', () => {
    const monitor = monitorOf(2, 1, 3);
    const stats = { count: 3, totalTime: 6, avgTime: 2, minTime: 1, maxTime: 3, lastTime: 3 };
    expect(monitor.getStats('op')).toEqual(stats);
    expect(monitor.getStats()).toEqual(new Map([['op', stats]]));
    expect(monitor.getStats('other')).toBeUndefined();
  });

  test.each([
    ['increasing', [1, 1, 2, 2], { avgRecent: 1.5, avgEarlier: 1, count: 4 }],
    ['decreasing', [2, 2, 1, 1], { avgRecent: 1.5, avgEarlier: 2, count: 4 }],
    ['stable', [1, 1, 1.1, 1.1], { avgRecent: 1.05, avgEarlier: 1, count: 4 }],
    ['increasing', [1, 2, 3], { avgRecent: 2, avgEarlier: 1, count: 3 }],
  ])('finds a trend that is %s in %p', (trend, times, means) => {
    expect(monitorOf(...times).getTrend('op')).toEqual({ trend, ...means });
  });

  test('compares the last values alone', () => {
    expect(monitorOf(9, 9, 9, 1, 1).getTrend('op', 2)).toEqual({ trend: 'stable', avgRecent: 1, avgEarlier: 1, count: 2 });
    expect(() => monitorOf(1).getTrend('op', 0)).toThrow('lastN must be an integer of at least 1, not 0');
  });

  test('finds none in one value or in none', () => {
    expect(monitorOf(5).getTrend('op')).toEqual({ trend: 'insufficient_data', avgRecent: 5 });
    expect(monitorOf().getTrend('op')).toBeUndefined();
  });

  test('counts all values and holds the last 1000', () => {
    const monitor = monitorOf(...Array.from({ length: 2500 }, (_, i) => i));
    expect(monitor.getStats('op')).toMatchObject({ count: 2500, minTime: 0, maxTime: 2499, lastTime: 2499 });
    expect(monitor.getTrend('op', 5000)).toMatchObject({ count: 1000, avgRecent: 1999.5, avgEarlier: 1749.5 });
    expect(monitor.getTrend('op', 2)).toMatchObject({ avgRecent: 2498.5, avgEarlier: 2498 });
  });

  test('drops what is no time, and operations beyond 10,000, with one warning', async () => {
    const monitor = new PerformanceMonitor();
    const warned = await warnings(() => {
      for (const time of [NaN, Infinity, -1, '1' as never]) monitor.recordTiming('op', time);
      for (let i = 0; i < 10_001; i++) monitor.recordTiming(`op${i}`, 1);
    });
    expect(warned).toHaveLength(1);
    expect(monitor.getStats('op')).toBeUndefined();
    expect(monitor.getStats().size).toBe(10_000);
    monitor.recordTiming('op0', 2);
    expect(monitor.getStats('op0')?.count).toBe(2);
  });

  test('forgets everything on reset', () => {
    const monitor = monitorOf(1);
    monitor.reset();
    expect(monitor.getStats().size).toBe(0);
  });

  test('is one per process where it is global', () => {
    expect(getGlobalMonitor()).toBe(getGlobalMonitor());
    expect(getGlobalMonitor()).toBeInstanceOf(PerformanceMonitor);
  });
});
