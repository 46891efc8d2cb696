import { expect, test } from '@jest/globals';
import { CentralizedMetricsCollector } from '@otel-perf/metrics';
import fc from 'fast-check';
import { MemoryPool, NO_BLOCK, type Fit, type Handle, type MemoryBlock } from '../../src/index.ts';

const SIZE = 32 * 1024;
const collector = new CentralizedMetricsCollector();

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('allocate' as const), n: fc.integer({ min: 1, max: 6000 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('malloc' as const), n: fc.integer({ min: 1, max: 6000 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('free' as const), n: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('compact' as const), n: fc.constant(0) }) },
);

test.each<Fit>(['buddy', 'slab', 'tlsf', 'fixed'])('with fit %s the figures are those of a walk, whatever was done to the pool', (fit) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const pool = new MemoryPool({ type: 'kv_cache', size: SIZE, fit, collector, ...(fit === 'fixed' ? { blockSize: 4096 } : {}) });
      const blocks: (MemoryBlock | Handle)[] = [];
      let [allocated, failures, asked] = [0, 0, 0];
      for (const { kind, n } of steps) {
        if (kind === 'allocate' || kind === 'malloc') {
          const block = kind === 'allocate' ? pool.allocate(n) : pool.malloc(n);
          if (block === null || block === NO_BLOCK) failures++;
          else {
            blocks.push(block);
            allocated++;
            asked += n;
          }
        } else if (kind === 'compact') pool.compact();
        else if (blocks.length > 0) {
          const [block] = blocks.splice(n % blocks.length, 1);
          if (typeof block === 'number') pool.free(block);
          else block!.free();
        }
        const stats = pool.stats();
        const walked = pool.snapshot().blocks;
        const live = walked.filter(({ state }) => state === 'live');
        const sum = (of: typeof walked, key: 'size' | 'requested') => of.reduce((total, block) => total + (block[key] ?? 0), 0);
        expect(sum(walked, 'size')).toBe(SIZE);
        expect(stats.blocks).toEqual({ current: live.length, peak: expect.any(Number), allocated, freed: allocated - live.length });
        expect(stats.reserved.current).toBe(sum(live, 'size'));
        expect(stats.requested).toMatchObject({ current: sum(live, 'requested'), allocated: asked });
        expect(stats.reserved.allocated - stats.reserved.freed).toBe(stats.reserved.current);
        expect(stats.freeBytes).toBe(SIZE - stats.reserved.current);
        expect(stats.memoryBlocks).toBe(blocks.filter((block) => typeof block !== 'number').length);
        expect(live.filter(({ id }) => id !== undefined)).toHaveLength(stats.memoryBlocks);
        expect(stats.failures).toBe(failures);
      }
    }),
    { numRuns: 40 },
  );
});
