import { pick, same } from '../../fixtures/memory-pool-contenders.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(45),
  figure: ratio('allocUnsafeSlow', 'MemoryPool'),
  contenders: pick(same, 'MemoryPool', 'allocUnsafeSlow'),
} satisfies Case;
