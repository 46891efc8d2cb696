import { pipelined, sequential } from '../../fixtures/cpu-pipeline-detector.ts';
import { gated } from '../../harness/gate.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(1.8),
  figure: gated(ratio('pipelined', 'sequential, 1 thread')),
  contenders: { pipelined: () => pipelined(), 'sequential, 1 thread': () => sequential(1) },
  rounds: 5,
} satisfies Case;
