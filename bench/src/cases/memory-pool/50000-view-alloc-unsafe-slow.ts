import { pick, views } from '../../fixtures/memory-pool-contenders.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(12),
  figure: ratio('allocUnsafeSlow', 'MemoryPool'),
  contenders: pick(views(50_000), 'MemoryPool', 'allocUnsafeSlow'),
} satisfies Case;
