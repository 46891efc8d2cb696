import { pick, same } from '../../fixtures/memory-pool-contenders.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(80),
  figure: ratio('new Uint8Array', 'malloc + free'),
  contenders: pick(same, 'malloc + free', 'new Uint8Array'),
} satisfies Case;
