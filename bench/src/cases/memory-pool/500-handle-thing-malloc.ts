import { pick, handles } from '../../fixtures/memory-pool-contenders.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(300),
  figure: ratio('@thi.ng/malloc', 'BuddyAllocator'),
  contenders: pick(handles(500), 'BuddyAllocator', '@thi.ng/malloc'),
} satisfies Case;
