import { pipelined, sequential } from '../../fixtures/cpu-pipeline-detector.ts';
import { gated } from '../../harness/gate.ts';
import { atLeast, type Case } from '../../harness/case.ts';

const CORES = 2;

export default {
  goal: atLeast(88),
  figure: gated({
    unit: '%',
    meaning: 'pipelined / twice sequential, 1 thread',
    of: ({ pipelined: images, sequential: alone }) => (100 * images!) / (CORES * alone!),
  }),
  contenders: { pipelined: () => pipelined(), sequential: () => sequential(1) },
  rounds: 5,
} satisfies Case;
