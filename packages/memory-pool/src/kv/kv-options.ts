import type { CentralizedMetricsCollector } from '@otel-perf/metrics';
import { checkInteger, checkMultiple } from '../model/options.ts';

export interface KvCacheOptions {
  /** How many blocks there are. */
  readonly blocks: number;
  /** Bytes of keys and values of one token, over all layers and heads that the cache is for. */
  readonly tokenBytes: number;
  /** Tokens of one block; together they must make a multiple of 8 bytes. Default 16. */
  readonly blockTokens?: number;
  /** The most bytes of one buffer. Default 1 GiB. */
  readonly arenaSize?: number;
  /** Of its pool, for the metrics. Default `kv_cache`. */
  readonly name?: string;
  /** How often its pool times an operation, as `MemoryPoolOptions.timing`. */
  readonly timing?: number;
  /** Default: the one of the process. */
  readonly collector?: CentralizedMetricsCollector;
}

const MOST_BLOCKS = 2 ** 30;
const LARGEST_BLOCK = 2 ** 31 - 8;

/** @throws TypeError or RangeError that names the option and its bound. */
export function checkKvCacheOptions({ blocks, tokenBytes, blockTokens = 16 }: KvCacheOptions): void {
  checkInteger('blocks', blocks, 1, MOST_BLOCKS);
  checkInteger('tokenBytes', tokenBytes, 1, LARGEST_BLOCK);
  checkInteger('blockTokens', blockTokens, 1, Math.floor(LARGEST_BLOCK / tokenBytes));
  checkMultiple('blockTokens * tokenBytes', blockTokens * tokenBytes, 8, 'the alignment');
}
