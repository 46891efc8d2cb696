import { pick, same } from '../../fixtures/memory-pool-contenders.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(80),
  figure: ratio('new Uint8Array', 'BuddyAllocator'),
  contenders: pick(same, 'BuddyAllocator', 'new Uint8Array'),
} satisfies Case;
