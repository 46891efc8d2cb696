export interface Line {
  readonly label: string;
  /** `null` where there is none. */
  readonly values: readonly (number | null)[];
}

/** What a chart over time shows. */
export interface TimeSeries {
  /** Unix seconds, rising. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly unit: string;
  /** What these points are, to end a sentence with. */
  readonly note: string;
}
