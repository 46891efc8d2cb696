import { awaitedOnly, timedAsync } from '../../fixtures/meter-provider-timed.ts';
import { atMost, difference, type Case } from '../../harness/case.ts';

export default {
  goal: atMost(110),
  figure: difference('timed', 'awaited'),
  contenders: { timed: timedAsync, awaited: awaitedOnly },
} satisfies Case;
