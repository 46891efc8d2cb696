import { pick, views } from '../../fixtures/memory-pool-contenders.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(15),
  figure: ratio('new Uint8Array', 'MemoryPool'),
  contenders: pick(views(50_000), 'MemoryPool', 'new Uint8Array'),
} satisfies Case;
