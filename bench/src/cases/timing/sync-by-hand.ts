import { BARE, timedByHand, timedByUs } from '../../fixtures/timed-calls.ts';
import { atMost, ratio, type Case } from '../../harness/case.ts';

/** Into OpenTelemetry alone. */
export default {
  goal: atMost(1.1),
  figure: ratio('timeFunction', 'by hand'),
  contenders: { timeFunction: () => timedByUs(BARE), 'by hand': timedByHand },
} satisfies Case;
