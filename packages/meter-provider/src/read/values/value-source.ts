import type { CatalogueSeries } from '../../memory/catalogue.ts';

/** Reads the values of the series of one stream for one reader, and remembers what it told of them last if its temporality needs that. */
export interface ValueSource<V> {
  /** What the series has to tell, or `undefined` for nothing. */
  read(series: CatalogueSeries): V | undefined;
  /** Whether what was read last began anew: it does not go on from what was told before. */
  readonly beganAnew?: () => boolean;
}
