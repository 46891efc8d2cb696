import { expect } from '@jest/globals';
import type { KvCache } from '../../src/kv/kv-cache.ts';

/** What each token's bytes should be, by sequence; told of each operation, it checks the cache against it. */
export class KvModel {
  readonly #cache: KvCache;
  readonly #sequences = new Map<number, number[]>();
  #marks = 0;

  constructor(cache: KvCache) {
    this.#cache = cache;
  }

  get ids(): number[] {
    return [...this.#sequences.keys()];
  }

  /** Writes what `expectSame` looks for. */
  appended(id: number, tokens: number): void {
    const marks = this.#sequences.get(id) ?? [];
    this.#sequences.set(id, marks);
    for (let i = 0; i < tokens; i++) {
      const mark = (this.#marks++ % 255) + 1;
      this.#cache.tokenView(id, marks.length).fill(mark);
      marks.push(mark);
    }
  }

  forked(from: number, id: number): void {
    this.#sequences.set(id, [...this.#sequences.get(from)!]);
  }

  freed(id: number): void {
    this.#sequences.delete(id);
  }

  /** Contents, and every figure, counted again table by table. */
  expectSame(): void {
    const { blockTokens, allocator } = this.#cache;
    const references = new Map<number, number>();
    const fills = new Map<number, number>();
    let tokens = 0;
    for (const [id, marks] of this.#sequences) {
      expect(this.#cache.tokensOf(id)).toBe(marks.length);
      const blocks = this.#cache.blocksOf(id);
      expect(blocks).toHaveLength(Math.ceil(marks.length / blockTokens));
      for (const [i, block] of blocks.entries()) {
        references.set(block, (references.get(block) ?? 0) + 1);
        const fill = Math.min(blockTokens, marks.length - i * blockTokens);
        // Sequences that share a block agree on how much of it is theirs.
        expect(fills.get(block) ?? fill).toBe(fill);
        fills.set(block, fill);
      }
      for (const [token, mark] of marks.entries()) {
        expect(this.#cache.tokenView(id, token)).toEqual(new Uint8Array(this.#cache.tokenBytes).fill(mark));
      }
      tokens += marks.length;
    }
    const live = [...allocator.walk()].filter(({ state }) => state === 'live').map(({ handle }) => handle);
    expect(live).toEqual([...references.keys()].toSorted((a, b) => a - b));
    const counts = [...references.values()];
    const stored = sum([...fills.values()]);
    expect(this.#cache.stats()).toMatchObject({
      sequences: this.#sequences.size,
      blocks: allocator.blocks,
      usedBlocks: live.length,
      freeBlocks: allocator.blocks - live.length,
      sharedBlocks: counts.filter((count) => count > 1).length,
      references: sum(counts),
      tokens,
      storedTokens: stored,
      wastedTokens: live.length * blockTokens - stored,
      blockUsage: live.length / allocator.blocks,
      tokenUsage: stored / (allocator.blocks * blockTokens),
    });
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
