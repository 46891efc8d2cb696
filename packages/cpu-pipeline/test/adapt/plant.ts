import type { Load, Settings, Tunable } from '../../src/adapt/tunable.ts';
import type { ConditionsSource } from '../../src/sense/conditions.ts';
import type { ConditionsReading, SensorName, SensorStatus } from '../../src/sense/reading.ts';

/** What was measured, by batch size: items a second, 95th percentile in milliseconds, pressure in percent. */
type Measured = readonly (readonly [batchSize: number, throughput: number, p95Millis: number, pressure: number])[];

/** By busy processes beside it, then `workers x threads`: a direction classifier with onnxruntime-node on two processors. */
const MEASURED: readonly Readonly<Record<string, Measured>>[] = [
  {
    '1x1': [
      [1, 1723, 0.6, 0],
      [8, 1724, 4.7, 0],
      [32, 1779, 18, 0],
    ],
    '1x2': [
      [1, 1698, 0.7, 2],
      [8, 3248, 2.6, 1],
      [32, 2618, 12.5, 1],
    ],
    '2x1': [
      [1, 3326, 0.8, 3],
      [2, 3602, 1.5, 3],
      [8, 3516, 4.8, 1],
    ],
    '2x2': [
      [1, 1560, 4.7, 94],
      [32, 1406, 58.8, 100],
    ],
  },
  {
    '1x1': [[1, 1731, 0.6, 3]],
    '1x2': [
      [1, 777, 5.2, 51],
      [8, 880, 13.2, 51],
    ],
    '2x1': [
      [1, 2135, 4.7, 54],
      [2, 2514, 5.2, 51],
      [8, 2270, 13.1, 50],
    ],
    '2x2': [
      [1, 1028, 9, 100],
      [32, 1103, 69.5, 100],
    ],
  },
  {
    '1x1': [[1, 1036, 4.7, 51]],
    '1x2': [
      [1, 721, 4.8, 100],
      [8, 744, 14.3, 100],
    ],
    '2x1': [
      [1, 1515, 4.7, 99],
      [8, 1606, 13.9, 100],
    ],
    '2x2': [[1, 833, 9.5, 100]],
  },
];

export const LIMITS: Tunable['limits'] = { batchSize: [1, 32], workers: [1, 2], threads: [1, 2] };
export const CYCLE_SECONDS = 0.1;

export interface PlantOptions {
  settings?: Settings;
  seed?: number;
  /** Standard deviation of throughput and latency, as a share. */
  noise?: number;
  /** Now and then all settings are slower for a while, as where busy processes take turns: to which share, and how long on average either way. */
  bursts?: { readonly share: number; readonly fastSeconds: number; readonly slowSeconds: number };
  /** How long other workers or threads take to be there, in which nothing is done. */
  changeSeconds?: number;
  /** Items that come in a second; otherwise there is always one more. */
  arrivals?: number;
}

/**
 * A pipeline and the machine under it, which behave as the measured ones did, in time that the test lets pass: so that what the search does
 * is seen without waiting for it, and can be seen again.
 */
export class Plant {
  settings: Settings;
  hogs = 0;
  arrivals: number;
  /** What sensors read otherwise than measured. */
  readings: Partial<ConditionsReading> = {};
  failing = false;
  readonly applied: { readonly settings: Settings; readonly at: number }[] = [];
  /** Of the last `run`. */
  p95Seconds = 0;
  items = 0;
  waiting = 0;
  #now = 0;
  #readAt = 0;
  #load: { seconds: number; items: number; p95Seconds: number | undefined } = { seconds: 0, items: 0, p95Seconds: undefined };
  readonly #random: () => number;
  readonly #noise: number;
  readonly #bursts: PlantOptions['bursts'];
  readonly #changeSeconds: number;
  #isSlow = false;

  constructor({
    settings = { batchSize: 1, workers: 1, threads: 1 },
    seed = 1,
    noise = 0.05,
    bursts,
    changeSeconds = 0,
    arrivals = Infinity,
  }: PlantOptions = {}) {
    this.#changeSeconds = changeSeconds;
    this.#bursts = bursts;
    this.settings = settings;
    this.arrivals = arrivals;
    this.#random = randomNumbers(seed);
    this.#noise = noise;
  }

  readonly clock = { now: (): number => this.#now * 1000, timeOrigin: 0 };

  readonly conditions: ConditionsSource = {
    read: () => this.#conditions(),
    describe: () =>
      Object.fromEntries(
        Object.entries(this.#conditions()).map(([name, value]) => [
          name,
          value === undefined ? { reason: 'not there' } : { source: 'plant' },
        ]),
      ) as Record<SensorName, SensorStatus>,
    [Symbol.dispose]: () => {},
  };

  get tunable(): Tunable {
    return Object.defineProperty(
      {
        limits: LIMITS,
        read: () => this.#read(),
        apply: (settings: Settings) => this.#apply(settings),
      },
      'settings',
      { get: () => this.settings },
    ) as Tunable;
  }

  /** Lets time pass. */
  run(seconds: number = CYCLE_SECONDS): void {
    const { throughput, p95Seconds } = behaviour(this.settings, this.hogs);
    const capacity = throughput * this.#around() * this.#speed(seconds);
    const items = Math.min(capacity * seconds, this.waiting + this.arrivals * seconds);
    this.waiting = this.arrivals === Infinity ? this.settings.batchSize : Math.max(0, this.waiting + this.arrivals * seconds - items);
    this.p95Seconds = p95Seconds * this.#around() + (this.arrivals === Infinity ? 0 : this.waiting / capacity);
    this.#now += seconds;
    this.items += items;
    this.#load.seconds += seconds;
    this.#load.items += items;
    this.#load.p95Seconds = Math.max(this.p95Seconds, this.#load.p95Seconds ?? 0);
  }

  async #apply(settings: Settings): Promise<void> {
    if (this.failing) throw new Error('no such settings today');
    this.applied.push({ settings, at: this.#now });
    const { workers, threads } = this.settings;
    if (workers !== settings.workers || threads !== settings.threads) this.#now += this.#changeSeconds;
    this.settings = settings;
  }

  #read(): Load {
    const { seconds, items, p95Seconds } = this.#load;
    this.#load = { seconds: 0, items: 0, p95Seconds: undefined };
    return { seconds, items: Math.round(items), p95Seconds, waiting: Math.floor(this.waiting) };
  }

  #conditions(): ConditionsReading {
    const { pressure } = behaviour(this.settings, this.hogs);
    const { workers, threads } = this.settings;
    const seconds = this.#now - this.#readAt;
    this.#readAt = this.#now;
    const noisy = Math.min(1, Math.max(0, pressure + 0.03 * this.#normal()));
    return {
      seconds,
      effectiveCpus: 2,
      idleCpus: Math.max(0, 2 - this.hogs - workers * threads),
      cpuPressure: { some: noisy, full: 0 },
      memoryPressure: { some: 0, full: 0 },
      ioPressure: { some: 0, full: 0 },
      throttling: undefined,
      memory: { share: 0.3, availableBytes: 7e9, limitBytes: 1e10, rssBytes: 2e8 },
      eventLoop: { delayP99Seconds: 0.001, utilization: 0.1 },
      involuntarySwitchesPerSecond: noisy * 400,
      temperatureCelsius: undefined,
      power: undefined,
      frequencyHertz: undefined,
      ...this.readings,
    };
  }

  #speed(seconds: number): number {
    if (this.#bursts === undefined) return 1;
    const { share, fastSeconds, slowSeconds } = this.#bursts;
    if (this.#random() < seconds / (this.#isSlow ? slowSeconds : fastSeconds)) this.#isSlow = !this.#isSlow;
    return this.#isSlow ? share : 1;
  }

  #around(): number {
    return Math.max(0.1, 1 + this.#noise * this.#normal());
  }

  /** Box and Muller. */
  #normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.#random())) * Math.cos(2 * Math.PI * this.#random());
  }
}

/** Without noise; batch sizes between those that were measured by their logarithm, beyond with a latency that grows as they do. */
export function behaviour({ batchSize, workers, threads }: Settings, hogs: number) {
  const measured = MEASURED[hogs]![`${workers}x${threads}`]!;
  const above = measured.findIndex(([batch]) => batch >= batchSize);
  const upper = measured[above < 0 ? measured.length - 1 : above]!;
  const lower = measured[above < 0 ? measured.length - 1 : Math.max(0, above - 1)]!;
  const part = upper[0] === lower[0] ? 0 : Math.log(batchSize / lower[0]) / Math.log(upper[0] / lower[0]);
  const between = (column: 1 | 2 | 3): number => lower[column] + (upper[column] - lower[column]) * part;
  const larger = Math.max(1, batchSize / upper[0]);
  return { throughput: between(1), p95Seconds: (between(2) * larger) / 1000, pressure: between(3) / 100 };
}

/** Throughput of the best fixed setting whose latency is low enough. */
export function bestThroughput(hogs: number, p95BelowSeconds = Infinity): number {
  let best = 0;
  for (const workers of [1, 2])
    for (const threads of [1, 2])
      for (let batchSize = 1; batchSize <= 32; batchSize++) {
        const { throughput, p95Seconds } = behaviour({ batchSize, workers, threads }, hogs);
        if (p95Seconds <= p95BelowSeconds) best = Math.max(best, throughput);
      }
  return best;
}

/** Uniform from 0 to 1, the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
