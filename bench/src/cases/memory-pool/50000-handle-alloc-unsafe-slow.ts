import { pick, handles } from '../../fixtures/memory-pool-contenders.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(80),
  figure: ratio('allocUnsafeSlow', 'BuddyAllocator'),
  contenders: pick(handles(50_000), 'BuddyAllocator', 'allocUnsafeSlow'),
} satisfies Case;
