import { pick, views } from '../../fixtures/memory-pool-contenders.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(2500),
  figure: ratio('@thi.ng/malloc', 'MemoryPool'),
  contenders: pick(views(50_000), 'MemoryPool', '@thi.ng/malloc'),
} satisfies Case;
