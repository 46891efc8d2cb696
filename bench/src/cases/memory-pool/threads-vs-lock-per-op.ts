import { pairsPerMicrosecond } from '../../fixtures/memory-pool-threads.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';
import { gated } from '../../harness/gate.ts';

/** Two threads each. Without magazines every operation takes the lock. */
export default {
  goal: atLeast(20),
  figure: gated(ratio('magazines', 'lock per operation')),
  contenders: { magazines: () => pairsPerMicrosecond(), 'lock per operation': () => pairsPerMicrosecond(0) },
  rounds: 5,
} satisfies Case;
