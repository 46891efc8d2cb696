/** What `otel-perf top` is to do. */
export interface TopOptions {
  readonly url: string;
  /** The URL as it may be shown. */
  readonly shownUrl: string;
  readonly everySeconds: number;
  /** A filter expression, '' for none. */
  readonly filter: string;
  readonly hasColour: boolean;
}
