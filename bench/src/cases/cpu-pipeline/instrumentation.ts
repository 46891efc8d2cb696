import { pipelined } from '../../fixtures/cpu-pipeline-detector.ts';
import { gated } from '../../harness/gate.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

/** Images a second with metrics into a real provider that is read after each sample, and with a collector that is disabled. */
export default {
  goal: atLeast(0.99),
  figure: gated(ratio('metrics on', 'metrics off')),
  contenders: { 'metrics on': () => pipelined('read'), 'metrics off': () => pipelined('disabled') },
} satisfies Case;
