import { pick, same } from '../../fixtures/memory-pool-contenders.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(1),
  figure: ratio('@thi.ng/malloc', 'MemoryPool'),
  contenders: pick(same, 'MemoryPool', '@thi.ng/malloc'),
} satisfies Case;
