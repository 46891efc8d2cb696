import { describe, expect, it, jest } from '@jest/globals';
import { setUp } from '../pool/collector.ts';
import { BlockError } from '../../src/index.ts';
import { KvCache } from '../../src/kv/kv-cache.ts';

const options = { blocks: 8, tokenBytes: 8, blockTokens: 4 };

describe('KvCache', () => {
  it('takes a block when a sequence needs one', () => {
    const cache = new KvCache(options);
    const id = cache.add(3)!;
    expect([...cache.blocksOf(id)]).toEqual([0]);
    expect(cache.append(id)).toBe(true);
    expect([...cache.blocksOf(id)]).toEqual([0]);
    expect(cache.append(id)).toBe(true);
    expect([...cache.blocksOf(id)]).toEqual([0, 1]);
    expect(cache.append(id, 11)).toBe(true);
    expect(cache.blocksOf(id)).toEqual(Int32Array.of(0, 1, 2, 3));
    expect(cache.tokensOf(id)).toBe(16);
    expect(cache.stats()).toMatchObject({ blockUsage: 0.5, tokenUsage: 0.5, wastedTokens: 0 });
  });

  it('tells what last blocks waste, which the usage of blocks hides', () => {
    const cache = new KvCache(options);
    for (let i = 0; i < 8; i++) cache.add(1);
    expect(cache.stats()).toMatchObject({ blockUsage: 1, tokenUsage: 0.25, wastedTokens: 24, freeBlocks: 0 });
  });

  it('shares the blocks of a fork, and copies the last one when a sequence grows into it', () => {
    const cache = new KvCache(options);
    const id = cache.add(6)!;
    for (let token = 0; token < 6; token++) cache.tokenView(id, token).fill(token + 1);
    const fork = cache.fork(id);
    expect(cache.stats()).toMatchObject({ usedBlocks: 2, sharedBlocks: 2, references: 4, tokens: 12, storedTokens: 6, copies: 0 });
    expect(cache.append(fork)).toBe(true);
    expect([...cache.blocksOf(id)]).toEqual([0, 1]);
    expect([...cache.blocksOf(fork)]).toEqual([0, 2]);
    expect(cache.stats()).toMatchObject({ usedBlocks: 3, sharedBlocks: 1, tokens: 13, storedTokens: 9, copies: 1 });
    cache.tokenView(fork, 6).fill(99);
    for (let token = 0; token < 6; token++) expect(cache.tokenView(fork, token)).toEqual(cache.tokenView(id, token));
    // The original has its last block for itself now.
    expect(cache.append(id)).toBe(true);
    expect(cache.stats().copies).toBe(1);
  });

  it('shares a last block that is full for ever', () => {
    const cache = new KvCache(options);
    const id = cache.add(4)!;
    const fork = cache.fork(id);
    cache.append(fork);
    cache.append(id);
    expect([cache.blocksOf(id)[0], cache.blocksOf(fork)[0]]).toEqual([0, 0]);
    expect(cache.stats()).toMatchObject({ copies: 0, sharedBlocks: 1, usedBlocks: 3 });
  });

  it('keeps what a fork shares when the sequence it came from is freed', () => {
    const cache = new KvCache(options);
    const id = cache.add(5)!;
    cache.tokenView(id, 4).fill(7);
    const fork = cache.fork(id);
    cache.free(id);
    expect(cache.stats()).toMatchObject({ usedBlocks: 2, sharedBlocks: 0, references: 2, storedTokens: 5 });
    expect(cache.tokenView(fork, 4)).toEqual(new Uint8Array(8).fill(7));
    cache.free(fork);
    expect(cache.stats()).toMatchObject({ usedBlocks: 0, storedTokens: 0 });
  });

  it('changes nothing where there are too few blocks, the copy of a shared one included', () => {
    const cache = new KvCache(options);
    const id = cache.add(5)!;
    const fork = cache.fork(id);
    const others = cache.add(24)!;
    expect(cache.stats().freeBlocks).toBe(0);
    expect(cache.append(fork)).toBe(false);
    expect(cache.append(fork, 0)).toBe(true);
    expect(cache.add(1)).toBeNull();
    expect(cache.add(0)).not.toBeNull();
    expect([...cache.blocksOf(fork)]).toEqual([...cache.blocksOf(id)]);
    expect(cache.stats()).toMatchObject({ failures: 2, copies: 0, tokens: 34 });
    cache.free(others);
    expect(cache.append(fork, 2 ** 40)).toBe(false);
    expect(cache.append(fork)).toBe(true);
  });

  it('changes nothing where the system has no memory for another buffer', () => {
    const cache = new KvCache({ ...options, arenaSize: 64 });
    const id = cache.add(4)!;
    const before = [cache.stats(), [...cache.allocator.walk()]];
    const allocate = jest.spyOn(globalThis, 'ArrayBuffer').mockImplementation(() => {
      throw new RangeError('Array buffer allocation failed');
    });
    // The second block is in the first buffer, the third is not.
    expect(() => cache.append(id, 8)).toThrow('allocation failed');
    allocate.mockRestore();
    expect([cache.stats(), [...cache.allocator.walk()]]).toEqual(before);
    expect(cache.append(id, 8)).toBe(true);
  });

  it('refuses sequences that are not there, and what is no number of tokens', () => {
    const cache = new KvCache(options);
    const id = cache.add(4)!;
    cache.free(id);
    const next = cache.add(4)!;
    expect(next).not.toBe(id);
    for (const unknown of [id, 0, -1, NaN, 99]) {
      expect(() => cache.append(unknown)).toThrow(BlockError);
      expect(() => cache.fork(unknown)).toThrow(BlockError);
      expect(() => cache.free(unknown)).toThrow(BlockError);
      expect(() => cache.tokensOf(unknown)).toThrow(BlockError);
      expect(() => cache.blocksOf(unknown)).toThrow(BlockError);
      expect(() => cache.tokenView(unknown, 0)).toThrow(BlockError);
    }
    for (const tokens of [-1, 0.5, NaN, Infinity]) {
      expect(() => cache.append(next, tokens)).toThrow(RangeError);
      expect(() => cache.add(tokens)).toThrow(/tokens/);
    }
    expect(() => cache.tokenView(next, 4)).toThrow(/token/);
    expect(cache.stats()).toMatchObject({ sequences: 1, tokens: 4, failures: 0 });
  });

  it('has a pool that counts its blocks, with the metrics of any pool', async () => {
    const { collector, reader } = setUp();
    const cache = new KvCache({ ...options, name: 'mine', timing: 1000, collector });
    const first = cache.add(8)!;
    cache.fork(first);
    cache.free(first);
    while (cache.add(4) !== null);
    expect(cache.pool.stats()).toMatchObject({ type: 'kv_cache', name: 'mine', blocks: { current: cache.stats().blocks }, failures: 1 });
    const shown = await reader.snapshot(({ source }) => source === 'memory_pool');
    const valueOf = (wanted: string) => shown.find(({ name }) => name === wanted)?.value;
    expect(valueOf('memory_pool_used')).toBe(cache.allocator.size);
    expect(valueOf('memory_pool_allocations')).toBe(cache.stats().blocks);
    expect(shown.find(({ name }) => name === 'memory_pool_allocate_time')?.distribution?.count).toBe(1);
    cache[Symbol.dispose]();
    expect(() => cache.append(first + 1, 100)).toThrow(/closed|too few|sequence/);
  });

  it('gives the same view of a block each time', () => {
    const cache = new KvCache(options);
    const id = cache.add(4)!;
    const [block] = cache.blocksOf(id);
    expect(cache.allocator.view(block!)).toBe(cache.allocator.view(block!));
    expect(cache.allocator.view(block!)).toHaveLength(32);
  });

  it('lets block tables grow', () => {
    const cache = new KvCache({ blocks: 1000, tokenBytes: 8, blockTokens: 1 });
    const id = cache.add()!;
    for (let i = 0; i < 1000; i++) expect(cache.append(id)).toBe(true);
    expect([...cache.blocksOf(id)]).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(cache.append(id)).toBe(false);
  });

  it.each([
    [{ blocks: 0 }, /blocks/],
    [{ tokenBytes: 0 }, /tokenBytes/],
    [{ blockTokens: 0 }, /blockTokens/],
    [{ tokenBytes: 1 }, /blockTokens \* tokenBytes must be a multiple of/],
    [{ tokenBytes: 2 ** 30 }, /blockTokens/],
  ])('throws when it is made with %j', (wrong, message) => {
    expect(() => new KvCache({ ...options, ...wrong })).toThrow(message);
  });
});
