import { Histogram } from '@prometheus-io/client';
import { startTimer } from '../../fixtures/start-timer.ts';
import { timedByUs } from '../../fixtures/timed-calls.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

/** Ours names the metric after the operation; their way is one histogram for all, with the operation as its label. */
export default {
  goal: atLeast(2),
  figure: ratio('startTimer', 'timeFunction'),
  contenders: { timeFunction: () => timedByUs({}), startTimer: () => startTimer(Histogram) },
} satisfies Case;
