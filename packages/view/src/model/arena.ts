/** The blocks of a memory pool at one moment: what `MemoryPool.snapshot()` of `@otel-perf/memory-pool` gives, as it is in JSON. */
export interface ArenaPicture {
  readonly type: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Unix time in milliseconds. */
  readonly takenAt: number;
  /** In address order, without overlap. */
  readonly blocks: readonly BlockPicture[];
}

export interface BlockPicture {
  /** From the start of the pool's address space, in bytes. */
  readonly offset: number;
  /** Bytes that it takes. */
  readonly size: number;
  readonly state: 'live' | 'cached' | 'free';
  /** Bytes that were asked for. */
  readonly requested?: number;
  /** Of `MemoryBlock`s; a live block without one is a bare handle. */
  readonly id?: string;
  readonly ageMillis?: number;
}
