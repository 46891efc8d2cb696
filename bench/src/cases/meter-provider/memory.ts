import { memory } from '../../fixtures/meter-provider-memory.ts';
import { ours, sdk } from '../../fixtures/meter-provider-providers.ts';
import { atMost, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atMost(0.25),
  figure: ratio('ours', 'SDK'),
  contenders: { ours: () => memory(ours), SDK: () => memory(sdk) },
  rounds: 5,
} satisfies Case;
