import type { HeldBytes } from './page-text.ts';

/** The text of some series of a family, which is kept. */
export interface Page {
  /** Series it has room for, those without a value included. */
  readonly size: number;
  /** Brings the text up to date. `stamp` is what follows each value, of the same length every time. */
  update(stamp: string): HeldBytes;
}
