import { betweenReadings, timedSync } from '../../fixtures/meter-provider-timed.ts';
import { atMost, difference, type Case } from '../../harness/case.ts';

export default {
  goal: atMost(16),
  figure: difference('timed', 'between two readings'),
  contenders: { timed: timedSync, 'between two readings': betweenReadings },
} satisfies Case;
