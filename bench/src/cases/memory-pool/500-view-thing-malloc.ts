import { pick, views } from '../../fixtures/memory-pool-contenders.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(100),
  figure: ratio('@thi.ng/malloc', 'MemoryPool'),
  contenders: pick(views(500), 'MemoryPool', '@thi.ng/malloc'),
} satisfies Case;
