import { views } from '../../fixtures/memory-pool-contenders.ts';
import { p99 } from '../../fixtures/memory-pool-tail.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

const contenders = views(500);

/** Of free, malloc and view with 500 live blocks, each timed on its own. */
export default {
  goal: atLeast(40),
  figure: ratio('new Uint8Array', 'MemoryPool'),
  contenders: {
    MemoryPool: () => p99(contenders.MemoryPool),
    'new Uint8Array': () => p99(contenders['new Uint8Array']),
  },
} satisfies Case;
