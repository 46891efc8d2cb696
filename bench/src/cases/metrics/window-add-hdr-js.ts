import { build } from 'hdr-histogram-js';
import { durations, expectEqual, MASK } from '../../fixtures/values.ts';
import { windowAdd } from '../../fixtures/window-add.ts';
import { atLeast, ratio, type Case, type Timed } from '../../harness/case.ts';

export default {
  goal: atLeast(15),
  figure: ratio('recordValue', 'window.add'),
  contenders: { 'window.add': windowAdd, recordValue },
} satisfies Case;

/** It counts integers: microseconds up to ten seconds, the range given so that it need not grow. */
function recordValue(): Timed {
  const values = durations().map((seconds) => Math.round(seconds * 1e6));
  const histogram = build({ highestTrackableValue: 10_000_000, numberOfSignificantValueDigits: 3, useWebAssembly: false });
  return {
    run(times) {
      for (let i = 0; i < times; i++) histogram.recordValue(values[i & MASK]!);
    },
    check: (times) => expectEqual(histogram.totalCount, times, 'values recorded'),
  };
}
