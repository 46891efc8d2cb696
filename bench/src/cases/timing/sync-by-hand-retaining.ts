import { timedByHand, timedByUs } from '../../fixtures/timed-calls.ts';
import { atMost, ratio, type Case } from '../../harness/case.ts';

/** Ours as it is by default, with the window and the history that those who write it by hand go without. */
export default {
  goal: atMost(1.2),
  figure: ratio('timeFunction', 'by hand'),
  contenders: { timeFunction: () => timedByUs({}), 'by hand': timedByHand },
} satisfies Case;
