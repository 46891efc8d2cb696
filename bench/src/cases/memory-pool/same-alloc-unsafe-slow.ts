import { pick, same } from '../../fixtures/memory-pool-contenders.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(45),
  figure: ratio('allocUnsafeSlow', 'BuddyAllocator'),
  contenders: pick(same, 'BuddyAllocator', 'allocUnsafeSlow'),
} satisfies Case;
