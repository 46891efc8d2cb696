/** Share of the time in which work stood still for want of something, from 0 to 1: pressure stall information of Linux. */
export interface Pressure {
  /** At least one task waited. */
  readonly some: number;
  /** All tasks waited; `undefined` where the kernel doesn't tell. */
  readonly full: number | undefined;
}

export interface Throttling {
  /** Share of the scheduler's periods in which the quota was used up, from 0 to 1. */
  readonly share: number;
  /** How long tasks stood still for it, summed over processors. */
  readonly seconds: number;
}

export interface MemoryUse {
  /** Share in use of what binds first, the cgroup's limit or the machine's memory; caches that can be dropped don't count. */
  readonly share: number;
  /** What may still be taken, by the same measure. */
  readonly availableBytes: number;
  /** The cgroup's limit, or what the machine has. */
  readonly limitBytes: number;
  /** Resident memory of this process. */
  readonly rssBytes: number | undefined;
}

export interface EventLoop {
  /** 99th percentile of how late timers of this thread were; `undefined` where none was due. */
  readonly delayP99Seconds: number | undefined;
  /** Share of the time in which this thread's loop was busy, from 0 to 1. */
  readonly utilization: number;
}

export interface Power {
  /** Mean of the processor packages, summed. */
  readonly watts: number;
  /** The long-term limit of the packages, summed; `undefined` where the machine doesn't tell. */
  readonly limitWatts: number | undefined;
}

/**
 * What the machine was like since the reading before, or since the sensors were opened. What can't be read is `undefined`, never a guess.
 */
export interface ConditionsReading {
  /** Time that the reading covers. */
  readonly seconds: number;
  /** Processors' worth of work that may be done at a time: the cgroups' quota, or the processors this process may run on. May be a fraction. */
  readonly effectiveCpus: number;
  /** Processors' worth that nobody used, on the whole machine, at most `effectiveCpus`. */
  readonly idleCpus: number | undefined;
  readonly cpuPressure: Pressure | undefined;
  readonly memoryPressure: Pressure | undefined;
  readonly ioPressure: Pressure | undefined;
  /** `undefined` without a quota. */
  readonly throttling: Throttling | undefined;
  readonly memory: MemoryUse | undefined;
  readonly eventLoop: EventLoop;
  /** How often this process was put aside for another task: what tells of crowding where there is no `cpuPressure`. */
  readonly involuntarySwitchesPerSecond: number | undefined;
  /** Of the hottest sensor of the processor. */
  readonly temperatureCelsius: number | undefined;
  readonly power: Power | undefined;
  /** Mean of up to four processors. */
  readonly frequencyHertz: number | undefined;
}

export type SensorName = Exclude<keyof ConditionsReading, 'seconds'>;

/** Where a sensor reads, or why it is absent. */
export type SensorStatus = { readonly source: string } | { readonly reason: string };
