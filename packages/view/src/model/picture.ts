import type { Distribution, Tags } from '@otel-perf/metrics';
import type { ArenaPicture } from './arena.ts';

/** What a file or an endpoint says, at one moment or over a time. Every figure is that of the export that it was read from. */
export interface Picture {
  /** The path or URL, without credentials. */
  readonly from: string;
  /** Unix time in seconds: of the newest value, or of the scrape. `NaN` where nothing tells. */
  readonly takenAt: number;
  /** In the order in which they first came. */
  readonly series: readonly SeriesPicture[];
  /** What could not be read, in words: line and reason. */
  readonly problems: readonly string[];
  /** What memory pools looked like, where somebody has told: exports of metrics don't. */
  readonly arenas?: readonly ArenaPicture[];
}

/** Durations that were measured, a total that only rises, a value that goes up and down; what the source said where it said so. */
export type SeriesKind = 'distribution' | 'counter' | 'gauge';

export interface SeriesPicture {
  readonly name: string;
  /** Who recorded it: the instrumentation scope, or '' where nothing tells. */
  readonly source: string;
  /** As the source writes it: `time`, `counter`, `histogram`, ... */
  readonly type: string;
  readonly kind: SeriesKind;
  /** UCUM; '' where unknown. Values are in it. */
  readonly unit: string;
  readonly tags: Tags;
  readonly figures: Figures;
  /** Of histograms. */
  readonly distribution?: Distribution;
  /** Of sources that have single events, in the order of time. Unix seconds, and values. */
  readonly events?: { readonly times: Float64Array; readonly values: Float64Array };
}

/** Absent is what the source does not tell; nothing is ever guessed. */
export interface Figures {
  /** Samples: events, or what a histogram counted. Of a counter or gauge from an endpoint absent. */
  readonly count?: number;
  /** The sum of the samples; of a counter its value. */
  readonly total?: number;
  readonly last?: number;
  readonly average?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly standardDeviation?: number;
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  /**
   * Whether percentiles come from the samples themselves. From buckets they are interpolated, as Prometheus' `histogram_quantile` does,
   * between minimum and maximum where these are told.
   */
  readonly exactPercentiles: boolean;
}
