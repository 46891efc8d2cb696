import { threadsOf } from './moves.ts';
import type { Settings } from './tunable.ts';
import { AGREE, isOver, median, noiseOf, throughputOf, type Window } from './window.ts';

/** What takes more memory or time of processors has to give so much more. */
const LEAST_GAIN = 0.03;
/** What takes less may lose so much, since it is less. */
const MOST_LOSS = 0.01;
/** Windows of a turn. */
const TURN = 3;
const MOST_WINDOWS = 16;
/** Turns of what is tried, at most. */
const MOST_TURNS = 4;
/** The least that two settings are taken to differ by chance. */
const LEAST_DOUBT = 0.02;

export type Step = 'compare' | 'kept' | 'no_gain' | 'over_target' | 'not_comparable';

/**
 * Whether settings give more than those in force. Both take turns, and each turn is compared with those of the other before and after it,
 * so that a machine that gets slower or faster by itself, for all settings alike, speaks for neither.
 */
export class Comparison {
  readonly from: Settings;
  readonly to: Settings;
  /** Whether the latency's bound counts. */
  readonly bounded: boolean;
  /** Whether the batch was cut for the latency already. */
  readonly cut: boolean;
  /** Those that are over, the first of what was in force before. */
  readonly #turns: (readonly Window[])[];
  #changeSeconds = 0;

  constructor({ from, to, baseline, bounded, cut = false }: ComparisonOptions) {
    this.from = from;
    this.to = to;
    this.bounded = bounded;
    this.cut = cut;
    this.#turns = [baseline];
  }

  /** Of what was in force before. */
  get baseline(): readonly Window[] {
    return this.#turns[0]!;
  }

  /** Of what is tried. */
  get tried(): readonly Window[] {
    return this.#turns.filter((_, i) => i % 2 === 1).flat();
  }

  get isTrying(): boolean {
    return this.#turns.length % 2 === 1;
  }

  /** Of what is tried, by the turns that are over, as a share. */
  get gain(): number {
    return this.#gain().gain;
  }

  /** At most what could be done in so long was not, as what is tried gave less and changes take their time. */
  get lostSeconds(): number {
    const { tried } = this;
    const lost = tried.length === 0 ? 0 : Math.max(0, -this.gain);
    return this.#changeSeconds + lost * tried.reduce((sum, { load }) => sum + load.seconds, 0);
  }

  /** One was replaced by the other, which took so long. */
  changed(seconds: number): void {
    this.#changeSeconds += seconds;
  }

  /**
   * What follows from the windows of the turn under way: `undefined` until there are enough. `compare` is the other's turn, `no_gain` too as
   * long as it `isTrying`. `not_comparable`: what was in force before breaks the bound of the latency by now, or what is tried gave less since
   * less came in.
   */
  next(windows: readonly Window[], bound: number | undefined): Step | undefined {
    const { isTrying, bounded } = this;
    if (bounded && windows.length >= AGREE && windows.slice(-AGREE).every((window) => isOver(window, bound)))
      return isTrying ? 'over_target' : 'not_comparable';
    if (windows.length < TURN) return undefined;
    if (bounded && windows.length < MOST_WINDOWS && isOver(windows.at(-1)!, bound)) return undefined;
    this.#turns.push(windows);
    const { gain, doubt } = this.#gain();
    const least = this.#leastGain();
    if (isTrying) return gain < least ? 'no_gain' : 'compare';
    const isLast = this.#turns.length > 2 * MOST_TURNS;
    if (!isLast && Math.abs(gain - least) <= doubt) return 'compare';
    if (gain >= least) return 'kept';
    return this.#turns.some((windows, i) => i % 2 === 1 && isAllDone(windows)) ? 'not_comparable' : 'no_gain';
  }

  #leastGain(): number {
    // Then it gives all that is asked for.
    if (this.#turns.every((windows, i) => i % 2 === 0 || isAllDone(windows))) return 0;
    return takesMore(this.from, this.to) ? LEAST_GAIN : -MOST_LOSS;
  }

  #gain(): { gain: number; doubt: number } {
    const levels = this.#turns.map(throughputOf);
    const ratios = levels.flatMap((level, i) => {
      if (i % 2 === 0) return [];
      const [before, after = before] = [levels[i - 1]!, levels[i + 1]];
      return [(2 * level) / (before + after)];
    });
    const noise = Math.max(...this.#turns.map(noiseOf));
    const within = noise * Math.sqrt(1 / TURN + 1 / (2 * TURN));
    const drifts = levels.flatMap((level, i) => (i < 2 ? [] : [Math.abs(level / levels[i - 2]! - 1) / 2]));
    const drift = drifts.length === 0 ? 0 : drifts.reduce((sum, each) => sum + each, 0) / drifts.length;
    return {
      gain: median(ratios) - 1,
      doubt: Math.max(LEAST_DOUBT, Math.hypot(within, drift) / Math.sqrt(ratios.length)),
    };
  }
}

export interface ComparisonOptions {
  readonly from: Settings;
  readonly to: Settings;
  readonly baseline: readonly Window[];
  readonly bounded: boolean;
  readonly cut?: boolean;
}

/** Nothing waited. */
function isAllDone(windows: readonly Window[]): boolean {
  return windows.every(({ load }) => load.waiting === 0);
}

function takesMore(from: Settings, to: Settings): boolean {
  return threadsOf(to) > threadsOf(from) || (threadsOf(to) === threadsOf(from) && to.batchSize >= from.batchSize);
}
