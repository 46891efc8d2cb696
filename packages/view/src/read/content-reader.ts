import type { SeriesPicture } from '../model/picture.ts';

/** Takes the text of a source piece by piece, and keeps no more of it than its figures need. */
export interface ContentReader {
  take(text: string): void | Promise<void>;
  /** Once, after all text was taken. */
  end(): Content | Promise<Content>;
}

export interface Content {
  readonly series: readonly SeriesPicture[];
  /** Unix seconds of the newest value; `NaN` where the text does not tell, or not of every value. */
  readonly newest: number;
  readonly problems: readonly string[];
}

/** The text is no content of its format: nothing of it can be used. */
export class ContentError extends Error {}
