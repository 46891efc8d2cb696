/** What an optimizer may change. */
export interface Settings {
  /** Items that a model gets at a time, at most. */
  readonly batchSize: number;
  /** Worker threads, each with a session of its own. */
  readonly workers: number;
  /** Threads within one operator of a session (`intraOpNumThreads`). */
  readonly threads: number;
}

export type Range = readonly [least: number, most: number];

/** What a pipeline has done since it was read before. */
export interface Load {
  readonly seconds: number;
  /** Items that were finished. */
  readonly items: number;
  /** Of finished items from end to end, waiting included; `undefined` where none was. */
  readonly p95Seconds: number | undefined;
  /** Items that wait now. */
  readonly waiting: number;
}

/** Something that can be made to run otherwise while it runs. */
export interface Tunable {
  readonly settings: Settings;
  readonly limits: { readonly [Setting in keyof Settings]: Range };
  /** Resolves once items run with these settings; those under way are finished. Rejects, and leaves what was, if it can't be done. */
  apply(settings: Settings): Promise<void>;
  read(): Load;
}
