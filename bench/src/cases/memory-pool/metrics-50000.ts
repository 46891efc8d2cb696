import { churnHandles } from '../../fixtures/memory-pool-churn.ts';
import { allocator } from '../../fixtures/memory-pool-contenders.ts';
import { arenaFor } from '../../fixtures/memory-pool-requests.ts';
import { atMost, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atMost(2),
  figure: ratio('metrics', 'no metrics'),
  contenders: {
    metrics: () => churnHandles(50_000, allocator(arenaFor(50_000))),
    'no metrics': () => churnHandles(50_000, allocator(arenaFor(50_000), false)),
  },
} satisfies Case;
