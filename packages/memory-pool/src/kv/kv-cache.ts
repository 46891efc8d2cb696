import { FixedBlockAllocator } from '../allocate/fixed.ts';
import { BlockError } from '../model/errors.ts';
import { checkInteger } from '../model/options.ts';
import { MemoryPool } from '../pool/memory-pool.ts';
import { TensorType } from '../pool/tensor-type.ts';
import { BlockTable } from './block-table.ts';
import { checkKvCacheOptions, type KvCacheOptions } from './kv-options.ts';
import type { KvStats } from './kv-stats.ts';

/** Stands for a sequence of one cache. Never given twice. */
export type SequenceId = number;

/**
 * Keys and values of sequences that grow token by token, in blocks of equal size: the paged cache of PagedAttention (W. Kwon et al.,
 * "Efficient memory management for large language model serving with PagedAttention", SOSP 2023). A sequence takes a block when it needs
 * one, so that it wastes less than a block, whatever its length comes to. A fork shares all blocks of the sequence that it continues;
 * blocks are counted references, and a shared last block that still has room is copied when one of its sequences grows into it (copy on
 * write).
 *
 * Appending makes room for tokens; their bytes are the caller's to write, before the sequence is forked, since a fork sees them.
 */
export class KvCache implements Disposable {
  readonly blockTokens: number;
  readonly tokenBytes: number;
  /** Where the blocks are, for views. A block's number is its handle; taking and freeing them is up to the cache. */
  readonly allocator: FixedBlockAllocator;
  /** Over that allocator, of type `kv_cache`: statistics, and metrics as those of any pool. */
  readonly pool: MemoryPool;
  readonly #tables = new Map<SequenceId, BlockTable>();
  #lastId = 0;
  /** Tables that each block is in. */
  readonly #references: Int32Array;
  #allReferences = 0;
  #shared = 0;
  #tokens = 0;
  #stored = 0;
  #copies = 0;
  #failures = 0;

  /** @throws TypeError or RangeError that names the option and its bound. */
  constructor(options: KvCacheOptions) {
    checkKvCacheOptions(options);
    const { blocks, tokenBytes, blockTokens = 16, arenaSize, name, timing, collector } = options;
    const blockSize = blockTokens * tokenBytes;
    this.blockTokens = blockTokens;
    this.tokenBytes = tokenBytes;
    this.allocator = new FixedBlockAllocator({ blockSize, size: blocks * blockSize, ...(arenaSize === undefined ? {} : { arenaSize }) });
    this.pool = new MemoryPool({
      type: TensorType.KV_CACHE,
      fit: this.allocator,
      ...(name === undefined ? {} : { name }),
      ...(timing === undefined ? {} : { timing }),
      ...(collector === undefined ? {} : { collector }),
    });
    this.#references = new Int32Array(blocks);
  }

  /** A new sequence of `tokens`, or `null` where there are too few blocks; then nothing has changed. @throws RangeError as `append`. */
  add(tokens = 0): SequenceId | null {
    const table = new BlockTable();
    if (!this.#grow(table, tokens)) return null;
    return this.#enter(table);
  }

  /**
   * Makes room for `tokens` more; `false` where there are too few blocks, and then nothing has changed.
   * @throws BlockError for a sequence that is not there, RangeError unless `tokens` is a whole number.
   */
  append(sequence: SequenceId, tokens = 1): boolean {
    return this.#grow(this.#tableOf(sequence), tokens);
  }

  /** A new sequence of the same tokens, in the same blocks. Takes no memory. @throws BlockError */
  fork(sequence: SequenceId): SequenceId {
    const table = this.#tableOf(sequence).copy();
    for (let i = 0; i < table.length; i++) this.#refer(table.at(i));
    this.#tokens += table.tokens;
    return this.#enter(table);
  }

  /** Blocks that no other sequence shares become free. @throws BlockError */
  free(sequence: SequenceId): void {
    const table = this.#tableOf(sequence);
    // The last first, so that the first is the one that is taken next.
    for (let i = table.length - 1; i >= 0; i--) this.#release(table.at(i), this.#fill(table, i));
    this.#tokens -= table.tokens;
    this.#tables.delete(sequence);
  }

  /** @throws BlockError */
  tokensOf(sequence: SequenceId): number {
    return this.#tableOf(sequence).tokens;
  }

  /**
   * The block table, for kernels: token `i` is in block `blocks[floor(i / blockTokens)]`, at place `i % blockTokens`. Not a copy: it must
   * not be written, and is out of date once the sequence changes. @throws BlockError
   */
  blocksOf(sequence: SequenceId): Int32Array {
    return this.#tableOf(sequence).blocks;
  }

  /**
   * The bytes of one token, to be read, or written by the one that appended it. Makes an object; `allocator.view(block)`, with all tokens
   * of a block, does not. @throws BlockError, RangeError for a token that is not there.
   */
  tokenView(sequence: SequenceId, token: number): Uint8Array<ArrayBuffer> {
    const table = this.#tableOf(sequence);
    checkInteger('token', token, 0, table.tokens - 1);
    const start = (token % this.blockTokens) * this.tokenBytes;
    return this.allocator.view(table.at(Math.floor(token / this.blockTokens))).subarray(start, start + this.tokenBytes);
  }

  stats(): KvStats {
    const { blocks, available } = this.allocator;
    const usedBlocks = blocks - available;
    return {
      sequences: this.#tables.size,
      blocks,
      usedBlocks,
      freeBlocks: available,
      sharedBlocks: this.#shared,
      references: this.#allReferences,
      tokens: this.#tokens,
      storedTokens: this.#stored,
      wastedTokens: usedBlocks * this.blockTokens - this.#stored,
      blockUsage: usedBlocks / blocks,
      tokenUsage: this.#stored / (blocks * this.blockTokens),
      copies: this.#copies,
      failures: this.#failures,
    };
  }

  /** Closes the pool: its memory is free to go, and its metrics stay as they are. */
  [Symbol.dispose](): void {
    this.pool[Symbol.dispose]();
  }

  #enter(table: BlockTable): SequenceId {
    this.#tables.set(++this.#lastId, table);
    return this.#lastId;
  }

  #tableOf(sequence: SequenceId): BlockTable {
    const table = this.#tables.get(sequence);
    if (table === undefined) throw new BlockError(`there is no sequence ${String(sequence)}`);
    return table;
  }

  #grow(table: BlockTable, tokens: number): boolean {
    checkInteger('tokens', tokens, 0);
    const room = table.length * this.blockTokens - table.tokens;
    const copies = tokens > 0 && room > 0 && this.#references[table.at(table.length - 1)]! > 1;
    const added = tokens <= room ? 0 : Math.ceil((tokens - room) / this.blockTokens);
    const needed = added + (copies ? 1 : 0);
    if (needed > 0) {
      const taken = this.#take(needed);
      if (taken === null) return false;
      if (copies) this.#copyLast(table, taken.pop()!);
      for (const block of taken) {
        table.push(block);
        this.#refer(block);
      }
    }
    table.tokens += tokens;
    this.#tokens += tokens;
    this.#stored += tokens;
    return true;
  }

  /** So many blocks that are in no table, or none at all. */
  #take(count: number): number[] | null {
    const { allocator, pool } = this;
    if (count > allocator.available) {
      // For the pool it is a failure where not even one block is left.
      if (allocator.available === 0) pool.malloc(allocator.blockSize);
      this.#failures++;
      return null;
    }
    const taken: number[] = [];
    try {
      while (taken.length < count) taken.push(pool.malloc(allocator.blockSize));
    } catch (error) {
      // The system has no memory for another buffer.
      for (const block of taken) pool.free(block);
      throw error;
    }
    return taken;
  }

  #copyLast(table: BlockTable, block: number): void {
    const last = table.length - 1;
    const shared = table.at(last);
    const fill = this.#fill(table, last);
    const { allocator } = this;
    allocator.view(block).set(allocator.view(shared).subarray(0, fill * this.tokenBytes));
    this.#refer(block);
    table.replaceLast(block);
    this.#release(shared, fill);
    this.#stored += fill;
    this.#copies++;
  }

  /** How many tokens of the table are in its `i`th block. All tables that a block is in agree on it. */
  #fill(table: BlockTable, i: number): number {
    return Math.min(this.blockTokens, table.tokens - i * this.blockTokens);
  }

  #refer(block: number): void {
    this.#allReferences++;
    if (++this.#references[block]! === 2) this.#shared++;
  }

  #release(block: number, fill: number): void {
    this.#allReferences--;
    const left = --this.#references[block]!;
    if (left === 1) this.#shared--;
    if (left > 0) return;
    this.#stored -= fill;
    this.pool.free(block);
  }
}
