import { pick, same } from '../../fixtures/memory-pool-contenders.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(80),
  figure: ratio('new Uint8Array', 'MemoryPool'),
  contenders: pick(same, 'MemoryPool', 'new Uint8Array'),
} satisfies Case;
