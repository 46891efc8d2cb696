import { pick, handles } from '../../fixtures/memory-pool-contenders.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(120),
  figure: ratio('new Uint8Array', 'BuddyAllocator'),
  contenders: pick(handles(500), 'BuddyAllocator', 'new Uint8Array'),
} satisfies Case;
