/** Ids of the block of data in a page: a whole document, or where to ask for it again and again. */
export const PICTURE_ID = 'otel-perf-picture';
export const LIVE_ID = 'otel-perf-live';

/** What a live page is given. */
export interface LiveData {
  readonly title: string;
  readonly dataPath: string;
}
