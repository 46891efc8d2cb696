import { gatedRatio, pairsPerMicrosecond } from '../../fixtures/memory-pool-threads.ts';
import { atLeast, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(1.75),
  figure: gatedRatio('2 threads', '1 thread'),
  contenders: { '2 threads': () => pairsPerMicrosecond(2), '1 thread': () => pairsPerMicrosecond(1) },
  rounds: 5,
} satisfies Case;
