import { pick, handles } from '../../fixtures/memory-pool-contenders.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(15_000),
  figure: ratio('@thi.ng/malloc', 'BuddyAllocator'),
  contenders: pick(handles(50_000), 'BuddyAllocator', '@thi.ng/malloc'),
} satisfies Case;
