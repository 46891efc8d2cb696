import { pipelined, sequential } from '../../fixtures/cpu-pipeline-detector.ts';
import { gated } from '../../harness/gate.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(1.4),
  figure: gated(ratio('pipelined', 'sequential, default threads')),
  contenders: { pipelined: () => pipelined(), 'sequential, default threads': () => sequential('default') },
  rounds: 5,
} satisfies Case;
