import { pick, handles } from '../../fixtures/memory-pool-contenders.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(120),
  figure: ratio('new Uint8Array', 'malloc + free'),
  contenders: pick(handles(500), 'malloc + free', 'new Uint8Array'),
} satisfies Case;
