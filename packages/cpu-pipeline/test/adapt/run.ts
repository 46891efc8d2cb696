import { CentralizedMetricsCollector } from '@otel-perf/metrics';
import { AdaptiveOptimizer } from '../../src/adapt/adaptive-optimizer.ts';
import type { AdaptiveOptimizerOptions } from '../../src/adapt/options.ts';
import { CYCLE_SECONDS, Plant, type PlantOptions } from './plant.ts';

/** An optimizer of a plant, with the plant's sensors and time. */
export function setUp({ plant: plantOptions, ...options }: AdaptiveOptimizerOptions & { plant?: PlantOptions } = {}) {
  const plant = new Plant(plantOptions);
  const optimizer = new AdaptiveOptimizer(plant.tunable, {
    conditions: plant.conditions,
    clock: plant.clock,
    collector: new CentralizedMetricsCollector(),
    ...options,
  });
  /** Runs cycles; gives the throughput of that time, and the share of cycles whose latency was above `p95BelowSeconds`. */
  const run = async (seconds: number, p95BelowSeconds = Infinity) => {
    const [before, startedAt] = [plant.items, plant.clock.now()];
    const cycles = Math.round(seconds / CYCLE_SECONDS);
    let over = 0;
    for (let cycle = 0; cycle < cycles; cycle++) {
      plant.run();
      if (plant.p95Seconds > p95BelowSeconds) over++;
      await optimizer.adapt();
    }
    return { throughput: (1000 * (plant.items - before)) / (plant.clock.now() - startedAt), over: over / cycles };
  };
  return { plant, optimizer, run };
}

export const SEEDS: readonly number[] = Array.from({ length: 15 }, (_, index) => index + 1);

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
