import { pick, handles } from '../../fixtures/memory-pool-contenders.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(15_000),
  figure: ratio('@thi.ng/malloc', 'malloc + free'),
  contenders: pick(handles(50_000), 'malloc + free', '@thi.ng/malloc'),
} satisfies Case;
