import { Histogram } from 'prom-client';
import { timedSync } from '../../fixtures/meter-provider-timed.ts';
import { startTimer } from '../../fixtures/start-timer.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

/** The last version under its old name. */
export default {
  goal: atLeast(3.5),
  figure: ratio('startTimer', 'timed'),
  contenders: { timed: timedSync, startTimer: () => startTimer(Histogram) },
} satisfies Case;
