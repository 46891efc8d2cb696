import { expect, jest, test } from '@jest/globals';
import { CentralizedMetricsCollector } from '@otel-perf/metrics';
import { MemoryPool } from '@otel-perf/memory-pool';
import { failed } from '../../src/pipeline/failed.ts';
import { stage } from '../../src/pipeline/stages.ts';
import { makePipeline, numbers } from './helpers.ts';

const COUNT = 60_000;

jest.setTimeout(60_000);

test('many items, failed and cancelled ones among them, give all memory of the pool back and never want much of it', async () => {
  const pool = new MemoryPool({ type: 'activations', size: 64 * 1024, onFailure: 'throw', collector: new CentralizedMetricsCollector() });
  const pipeline = makePipeline(
    stage({
      name: 'prepare',
      concurrency: 4,
      run: (item: number, context) => {
        const block = context.own(pool.allocate(256));
        block.view('float32')[0] = item;
        return block;
      },
    })
      .into({
        name: 'infer',
        concurrency: 2,
        batch: { size: 8 },
        runBatch: async (blocks, context) => {
          context.own(pool.allocate(64));
          if (context.items[0]!.index % 503 === 0) throw new Error('of a batch');
          return blocks.map((block, i) => (context.items[i]!.index % 101 === 0 ? failed('of an item') : block.view('float32')[0]! * 2));
        },
      })
      .into({ name: 'post', run: async (value) => value + 1 }),
  );
  let seen = 0;
  let failures = 0;
  for (let round = 0; seen < COUNT; round++) {
    for await (const outcome of pipeline.run(numbers(10_000))) {
      seen++;
      if (!outcome.ok) failures++;
      // `expect` for each would take most of the time.
      else if (outcome.value !== outcome.index * 2 + 1) throw new Error(`${outcome.value} is not that of ${outcome.index}`);
      if (round % 2 === 1 && outcome.index === 5000) break;
    }
  }
  expect(failures).toBeGreaterThan(500);
  expect(failures).toBeLessThan(seen / 10);
  await pipeline.close();
  const { current, peak, allocated } = pool.stats().blocks;
  expect(current).toBe(0);
  expect(allocated).toBeGreaterThan(COUNT);
  // A block for each item that is in, and one for each batch that has any.
  expect(peak).toBeLessThanOrEqual(2 * pipeline.capacity);
});
