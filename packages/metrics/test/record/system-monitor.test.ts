import { diag, DiagLogLevel, type DiagLogger } from '@opentelemetry/api';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { totalmem } from 'node:os';
import { CentralizedMetricsCollector } from '../../src/record/collector.ts';
import { startSystemMonitor, type SystemMonitorOptions } from '../../src/record/system-monitor.ts';

const NEVER = 2 ** 31 - 1;
const onLinux = existsSync('/proc/self/status') ? test : test.skip;

function monitored(options: SystemMonitorOptions = {}) {
  const collector = new CentralizedMetricsCollector();
  return { collector, monitor: startSystemMonitor({ intervalMillis: NEVER, collector, ...options }) };
}

function burn(millis: number): void {
  const until = performance.now() + millis;
  while (performance.now() < until);
}

afterEach(() => {
  diag.disable();
});

describe('startSystemMonitor', () => {
  test('records what the process uses, as the documented metrics', () => {
    const { collector, monitor } = monitored();
    using _ = monitor;
    burn(20);
    const sample = monitor.sample();
    const recorded = collector.getMetrics();
    expect(Object.fromEntries(recorded.map(({ name, value }) => [name, value]))).toEqual(sample);
    expect(new Set(recorded.map(({ source }) => source))).toEqual(new Set(['system_monitor']));
    expect(Object.fromEntries(recorded.map(({ name, type }) => [name, type]))).toMatchObject({
      system_cpu_percent: 'percentage',
      system_memory_rss: 'memory',
      system_memory_percent: 'percentage',
    });
    expect(sample.system_memory_rss).toBeGreaterThan(10_000_000);
    expect(sample.system_memory_rss).toBeLessThan(totalmem());
    expect(sample.system_memory_percent).toBeGreaterThan(0);
    expect(sample.system_memory_percent).toBeLessThanOrEqual(100);
    expect(sample.system_cpu_percent).toBeGreaterThan(0);
  });

  onLinux('knows the virtual size and the threads on Linux', () => {
    const { collector, monitor } = monitored();
    using _ = monitor;
    const sample = monitor.sample();
    expect(sample.system_memory_vms).toBeGreaterThan(sample.system_memory_rss!);
    expect(sample.system_thread_count).toBeGreaterThan(1);
    expect(collector.getMetricHistory('system_memory_vms')[0]?.type).toBe('memory');
    expect(collector.getMetricHistory('system_thread_count')[0]?.type).toBe('custom');
  });

  test('leaves out what it cannot read', () => {
    const { monitor } = monitored();
    using _ = monitor;
    jest.spyOn(process.memoryUsage, 'rss').mockImplementation(() => {
      throw new Error('no /proc');
    });
    const sample = monitor.sample();
    expect(sample).not.toHaveProperty('system_memory_rss');
    expect(sample).not.toHaveProperty('system_memory_percent');
    expect(sample).toHaveProperty('system_cpu_percent');
  });

  test.each([
    ['a limit', 1e9, 1e9],
    ['no limit', 0, totalmem()],
    ['a limit beyond the machine', 2 ** 64, totalmem()],
  ])('measures memory against the container or the machine: %s', (_, constrained, limit) => {
    const { monitor } = monitored();
    using __ = monitor;
    jest.spyOn(process, 'constrainedMemory').mockReturnValue(constrained);
    const { system_memory_rss: rss, system_memory_percent: percent } = monitor.sample();
    expect(percent).toBeCloseTo((rss! / limit) * 100);
  });

  test('samples by itself until it is stopped, and calls back', async () => {
    const samples: unknown[] = [];
    const { collector, monitor } = monitored({ intervalMillis: 1, callback: (sample) => samples.push(sample) });
    while (samples.length < 3) await new Promise((resolve) => setTimeout(resolve, 1));
    monitor.stop();
    monitor.stop();
    const { length } = samples;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(samples).toHaveLength(length);
    expect(collector.getMetricHistory('system_memory_rss', Infinity)).toHaveLength(length);
  });

  test('stops at the end of its scope', async () => {
    const callback = jest.fn();
    {
      using _ = monitored({ intervalMillis: 1, callback }).monitor;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(callback).not.toHaveBeenCalled();
  });

  test.each<[string, () => void]>([
    [
      'throws',
      () => {
        throw new Error('mine');
      },
    ],
    [
      'rejects',
      async () => {
        throw new Error('mine');
      },
    ],
  ])('a callback that %s is warned of once and changes nothing', async (_, callback) => {
    const warn = jest.fn();
    diag.setLogger({ warn } as Partial<DiagLogger> as DiagLogger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
    const { collector, monitor } = monitored({ callback });
    using __ = monitor;
    monitor.sample();
    monitor.sample();
    await new Promise(setImmediate);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(collector.getMetricHistory('system_memory_rss')).toHaveLength(2);
  });

  test.each([0, -1, 1.5, NaN, Infinity, 2 ** 31, '5' as never])('refuses an interval of %p', (intervalMillis) => {
    expect(() => startSystemMonitor({ intervalMillis })).toThrow(RangeError);
    expect(() => startSystemMonitor({ intervalMillis })).toThrow(/intervalMillis must be an integer from 1 to 2147483647/);
  });

  test('does not keep the process alive', () => {
    const source = new URL('../../src/record/system-monitor.ts', import.meta.url).href;
    const script = `const { startSystemMonitor } = await import('${source}'); startSystemMonitor({ intervalMillis: 100_000 });`;
    const child = spawnSync(process.execPath, ['--no-warnings', '--input-type=module', '--eval', script], {
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect({ status: child.status, stderr: child.stderr }).toEqual({ status: 0, stderr: '' });
  });
});
