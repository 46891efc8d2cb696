import { churnHandles } from '../../fixtures/memory-pool-churn.ts';
import { pool } from '../../fixtures/memory-pool-contenders.ts';
import { arenaFor } from '../../fixtures/memory-pool-requests.ts';
import { atMost, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atMost(1.3),
  figure: ratio('metrics', 'no metrics'),
  contenders: {
    metrics: () => churnHandles(500, pool(arenaFor(500))),
    'no metrics': () => churnHandles(500, pool(arenaFor(500), false)),
  },
} satisfies Case;
