// The words that cells of both kinds of histograms begin with. The writer writes the bucket first and the count last; a reader reads in the
// opposite order. So whoever finds that the buckets add up to the count has seen whole records only.
export const COUNT = 0;
export const SUM = 1;
export const MIN = 2;
export const MAX = 3;
/**
 * Which interval of the delta reader the last value was in, as `MIN_MAX_EPOCH` says it, and the least and the greatest value in it. A value
 * that is no record of its interval is none of the whole time: so it is these that each value is compared with, and these that are written last.
 */
export const EPOCH = 4;
export const INTERVAL_MIN = 5;
export const INTERVAL_MAX = 6;
export const DISTRIBUTION_WORDS = 7;
