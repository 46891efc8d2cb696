import { fourPassNormalise, fusedNormalise } from '../../fixtures/cpu-pipeline-images.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(7),
  figure: ratio('four passes', 'fused'),
  contenders: { 'four passes': fourPassNormalise, fused: fusedNormalise },
} satisfies Case;
