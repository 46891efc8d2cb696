import { describe, expect, test } from '@jest/globals';
import { CentralizedMetricsCollector, getMetricsCollector } from '@otel-perf/metrics';
import { measureThroughput, timeBlock, timeExecution, timeFunction, trackResourceUsage } from '../src/index.ts';

describe('a collector knows the operations that are not measured as their options say so', () => {
  test('blocks', () => {
    const collector = new CentralizedMetricsCollector();
    expect(timeBlock('checkout', { collector, collectMetrics: false }, () => 1)).toBe(1);
    timeBlock('render', { collector, collectMetrics: false }).stop();
    expect(collector.unmeasured).toEqual(['checkout', 'render']);
    expect(collector.allSeries()).toEqual([]);
  });

  test('functions, when they are wrapped', () => {
    const collector = new CentralizedMetricsCollector();
    const options = { collector, collectMetrics: false };
    const all = [
      timeFunction('load', options),
      timeExecution('run', options),
      trackResourceUsage('resize', options),
      measureThroughput('import', 10, options),
    ];
    expect(all.map((wrap) => wrap(() => 1)())).toEqual([1, 1, 1, 1]);
    expect(collector.unmeasured).toEqual(['load', 'run', 'resize', 'import']);
    expect(collector.allSeries()).toEqual([]);
  });

  test('none of those that are measured, nor while collection is disabled', () => {
    const collector = new CentralizedMetricsCollector();
    timeBlock('checkout', { collector }, () => 1);
    collector.disable();
    timeBlock('render', { collector, collectMetrics: true }, () => 1);
    timeFunction('load', { collector })(() => 1)();
    expect(collector.unmeasured).toEqual([]);
  });

  test('each once, and a hundred of them at most', () => {
    const collector = new CentralizedMetricsCollector();
    for (let i = 0; i < 300; i++) timeBlock(`block ${i % 150}`, { collector, collectMetrics: false }, () => i);
    expect(collector.unmeasured).toEqual(Array.from({ length: 100 }, (_, i) => `block ${i}`));
  });

  test('in the collector of the process, where no other is given', () => {
    timeBlock('of the process', { collectMetrics: false }, () => 1);
    expect(getMetricsCollector().unmeasured).toEqual(['of the process']);
  });
});
