import type { HeldBytes } from './page-text.ts';

/** The text of some series of a family, which is kept. */
export interface Page {
  /** Series it has room for, those without a value included. */
  readonly size: number;
  /**
   * Brings the text up to date, or nearer to it: `undefined` where there is so much to do that the rest is better left to another call.
   * `stamp` is what follows each value, of the same length every time.
   */
  update(stamp: string): HeldBytes | undefined;
}
