import { Histogram } from 'prom-client';
import { startTimer } from '../../fixtures/start-timer.ts';
import { timedByUs } from '../../fixtures/timed-calls.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

/** The last version of the client under its old name, which is slower. */
export default {
  goal: atLeast(2),
  figure: ratio('startTimer', 'timeFunction'),
  contenders: { timeFunction: () => timedByUs({}), startTimer: () => startTimer(Histogram) },
} satisfies Case;
