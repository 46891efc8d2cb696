/** Exact, as of the call. The bytes are in the statistics of the cache's allocator. */
export interface KvStats {
  readonly sequences: number;
  readonly blocks: number;
  readonly usedBlocks: number;
  readonly freeBlocks: number;
  /** Used blocks that are in more than one block table. */
  readonly sharedBlocks: number;
  /** Entries of all block tables: what `usedBlocks` would be without sharing. */
  readonly references: number;
  /** Of all sequences; those in shared blocks count for each of them. */
  readonly tokens: number;
  /** Tokens that memory holds; those in shared blocks count once. */
  readonly storedTokens: number;
  /** Places of used blocks that hold no token: the rest of last blocks. */
  readonly wastedTokens: number;
  /** Used blocks of all: near 1 there is no room for new blocks. */
  readonly blockUsage: number;
  /** Stored tokens of all that would fit: lower than `blockUsage` by what last blocks waste. */
  readonly tokenUsage: number;
  /** Blocks copied because they were shared when a sequence grew into them. */
  readonly copies: number;
  /** Calls for which there were too few blocks. */
  readonly failures: number;
}
