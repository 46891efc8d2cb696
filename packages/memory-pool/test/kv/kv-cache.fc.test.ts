import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BlockError } from '../../src/index.ts';
import { KvCache } from '../../src/kv/kv-cache.ts';
import { KvModel } from './kv-model.ts';

const step = fc.record({
  kind: fc.constantFrom('add', 'append', 'append', 'append', 'fork', 'fork', 'free'),
  pick: fc.nat(),
  tokens: fc.oneof(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 24 })),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function create(): { cache: KvCache; model: KvModel } {
  const cache = new KvCache({ blocks: 12, tokenBytes: 8, blockTokens: 4, arenaSize: 5 * 32 });
  return { cache, model: new KvModel(cache) };
}

function apply(cache: KvCache, model: KvModel, { kind, pick, tokens }: Step): void {
  const { ids } = model;
  const id = ids[pick % ids.length];
  const before = snapshot(cache, model);
  if (kind === 'add') {
    const added = cache.add(tokens);
    if (added === null) expect(snapshot(cache, model)).toEqual(failedFrom(before));
    else model.appended(added, tokens);
  } else if (id === undefined) return;
  else if (kind === 'append') {
    if (cache.append(id, tokens)) model.appended(id, tokens);
    else expect(snapshot(cache, model)).toEqual(failedFrom(before));
  } else if (kind === 'fork') model.forked(id, cache.fork(id));
  else {
    cache.free(id);
    model.freed(id);
    expect(() => cache.free(id)).toThrow(BlockError);
  }
  model.expectSame();
}

function snapshot(cache: KvCache, model: KvModel) {
  return { stats: cache.stats(), allocator: cache.allocator.stats(), tables: model.ids.map((id) => [...cache.blocksOf(id)]) };
}

/** The pool has failed too where there was not one block left. */
function failedFrom({ stats, allocator, tables }: ReturnType<typeof snapshot>): ReturnType<typeof snapshot> {
  const failures = allocator.failures + (allocator.freeBytes === 0 ? 1 : 0);
  return { stats: { ...stats, failures: stats.failures + 1 }, allocator: { ...allocator, failures }, tables };
}

describe('KvCache', () => {
  it('keeps contents, references and token counts exact, whatever is done to it', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { cache, model } = create();
        for (const each of steps) apply(cache, model, each);
      }),
      { numRuns: 150 },
    );
  });

  it('is empty again once all sequences are freed, in any order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.infiniteStream(fc.nat()), (steps, picks) => {
        const { cache, model } = create();
        for (const each of steps) apply(cache, model, each);
        while (model.ids.length > 0) {
          const id = model.ids[picks.next().value! % model.ids.length]!;
          cache.free(id);
          model.freed(id);
        }
        model.expectSame();
        expect(cache.stats()).toMatchObject({ sequences: 0, usedBlocks: 0, references: 0, tokens: 0, storedTokens: 0, sharedBlocks: 0 });
        expect(cache.allocator.stats()).toMatchObject({ blocks: { current: 0 }, freeBytes: cache.allocator.size });
      }),
      { numRuns: 50 },
    );
  });

  it('fails exactly where there are fewer free blocks than it takes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 40 }), (growth) => {
        const { cache } = create();
        const ids = [cache.add()!, cache.add()!];
        for (const [i, tokens] of growth.entries()) {
          const id = ids[i % 2]!;
          const held = cache.tokensOf(id);
          const needed = Math.ceil((held + tokens) / 4) - Math.ceil(held / 4);
          const { freeBlocks } = cache.stats();
          expect(cache.append(id, tokens)).toBe(needed <= freeBlocks);
        }
      }),
    );
  });
});
