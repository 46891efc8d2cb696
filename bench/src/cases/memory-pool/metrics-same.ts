import { allocator, sameSize } from '../../fixtures/memory-pool-contenders.ts';
import { atMost, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atMost(1.35),
  figure: ratio('metrics', 'no metrics'),
  contenders: { metrics: () => sameSize(allocator(2 ** 26)), 'no metrics': () => sameSize(allocator(2 ** 26, false)) },
} satisfies Case;
