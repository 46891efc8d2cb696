import { Histogram } from '@prometheus-io/client';
import { timedSync } from '../../fixtures/meter-provider-timed.ts';
import { startTimer } from '../../fixtures/start-timer.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(3.5),
  figure: ratio('startTimer', 'timed'),
  contenders: { timed: timedSync, startTimer: () => startTimer(Histogram) },
} satisfies Case;
