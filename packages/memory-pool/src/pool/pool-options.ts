import { getMetricsCollector, type CentralizedMetricsCollector } from '@otel-perf/metrics';
import { BuddyAllocator } from '../allocate/buddy.ts';
import { FixedBlockAllocator } from '../allocate/fixed.ts';
import { SlabAllocator } from '../allocate/slab.ts';
import { TlsfAllocator } from '../allocate/tlsf.ts';
import type { Allocator } from '../model/allocator.ts';
import { checkBoolean, checkInteger } from '../model/options.ts';
import type { MoveListener } from './compaction.ts';
import type { LeakListener } from './leaks.ts';
import type { TensorType } from './tensor-type.ts';

/** How a pool places blocks: see `BuddyAllocator`, `SlabAllocator`, `TlsfAllocator` and `FixedBlockAllocator`. */
export type Fit = 'buddy' | 'slab' | 'tlsf' | 'fixed';
export type OnFailure = 'null' | 'throw';

export interface MemoryPoolOptions<Failure extends OnFailure = OnFailure> {
  /** What the memory is for: the tag `pool.type`. */
  readonly type: TensorType | (string & {});
  /** The tag `pool.name`; pools of one type and name are one in the metrics. Default `type`. */
  readonly name?: string;
  /** Bytes of the address space, which are taken from the system as they are touched. A multiple of `minBlockSize` or `blockSize`, for `slab` of 4096. */
  readonly size?: number;
  /** What sizes are rounded up to at least, for `buddy` and `tlsf`: a power of two of at least 8. Default 256. */
  readonly minBlockSize?: number;
  /** Default `buddy`. An allocator is used as it is, with `size`, `minBlockSize` and `blockSize` left out; others may use it besides. */
  readonly fit?: Fit | Allocator;
  /** Bytes of each block, for `fixed`: a multiple of 8. */
  readonly blockSize?: number;
  /** Fills what is allocated with zeros. Default false. */
  readonly zero?: boolean;
  /** What `allocate` does where there is no room: gives `null`, or throws an `OutOfMemoryError`. Default `null`. */
  readonly onFailure?: Failure;
  /**
   * Whether a `MemoryBlock` that is garbage collected while it is live counts as a leak, and its memory is given back: keep the block, or a
   * view of it, as long as you use the memory. `'stack'` also remembers where it was allocated. Without it, blocks live until they are freed
   * by their id. Default true.
   */
  readonly leaks?: boolean | 'stack';
  /** Told of each leak. Default a warning through OpenTelemetry's `diag`. What it throws is logged. */
  readonly onLeak?: LeakListener;
  /** Told of each block that `compact` has moved. What it throws is logged. */
  readonly onMove?: MoveListener;
  /**
   * Every how many operations one is timed, the first of each kind always; 1 for all. Default as many as come to about one in a millisecond:
   * all of them while they are few, and no fewer than one in 8192.
   */
  readonly timing?: number;
  /**
   * Whether the pool is measured. Without it, it has no metrics, times nothing, and a `buddy` does not count its operations: then `blocks`,
   * `reserved`, `requested` and `magazineHits` of the statistics stay 0. Default true.
   */
  readonly metrics?: boolean;
  /** Default the collector of the process. */
  readonly collector?: CentralizedMetricsCollector;
}

export interface PoolSettings {
  readonly type: string;
  readonly name: string;
  readonly allocator: Allocator;
  /** Whether the pool has to, since the allocator does not. */
  readonly zero: boolean;
  readonly onFailure: OnFailure;
  readonly leaks: boolean;
  readonly stacks: boolean;
  readonly onLeak: LeakListener | undefined;
  readonly onMove: MoveListener | undefined;
  readonly timing: number | undefined;
  /** `undefined` where the pool is not measured. */
  readonly collector: CentralizedMetricsCollector | undefined;
}

const FITS: readonly unknown[] = ['buddy', 'slab', 'tlsf', 'fixed'] satisfies Fit[];

/** @throws TypeError or RangeError that names the option and its bound. */
export function resolvePoolOptions(options: MemoryPoolOptions): PoolSettings {
  const {
    type,
    name = type,
    fit = 'buddy',
    zero = false,
    onFailure = 'null',
    leaks = true,
    onLeak,
    onMove,
    timing,
    metrics = true,
  } = options;
  checkText('type', type);
  checkText('name', name);
  if (onFailure !== 'null' && onFailure !== 'throw') throw new RangeError(`onFailure must be "null" or "throw", not ${String(onFailure)}`);
  if (leaks !== 'stack') checkBoolean('leaks', leaks);
  checkBoolean('zero', zero);
  if (timing !== undefined) checkInteger('timing', timing, 1);
  checkBoolean('metrics', metrics);
  return {
    type,
    name,
    allocator: typeof fit === 'object' && fit !== null ? fit : makeAllocator(fit, options),
    zero: zero && fit !== 'buddy',
    onFailure,
    leaks: leaks !== false,
    stacks: leaks === 'stack',
    onLeak,
    onMove,
    timing,
    collector: metrics ? (options.collector ?? getMetricsCollector()) : undefined,
  };
}

/** @throws TypeError unless it is a text, RangeError for an empty one. */
export function checkText(option: string, value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`${option} must be a string, not ${String(value)}`);
  if (value === '') throw new RangeError(`${option} must not be empty`);
  return value;
}

function makeAllocator(fit: Fit, { size, minBlockSize = 256, blockSize, zero = false, metrics = true }: MemoryPoolOptions): Allocator {
  if (!FITS.includes(fit)) throw new RangeError(`fit must be one of ${FITS.join(', ')} or an allocator, not ${String(fit)}`);
  if (size === undefined) throw new TypeError('size must be given');
  if (fit === 'fixed') {
    if (blockSize === undefined) throw new TypeError('blockSize must be given for fit "fixed"');
    return new FixedBlockAllocator({ size, blockSize });
  }
  if (fit === 'tlsf') return new TlsfAllocator({ size, unitSize: minBlockSize });
  if (fit === 'slab') return new SlabAllocator({ size });
  return new BuddyAllocator({ size, minBlockSize, zero, metrics });
}
