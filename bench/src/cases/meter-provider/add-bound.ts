import { ours, sdk } from '../../fixtures/meter-provider-providers.ts';
import { bound, unbound } from '../../fixtures/meter-provider-records.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(40),
  figure: ratio('SDK with one attribute', 'bound'),
  contenders: { bound: () => bound(ours()), 'SDK with one attribute': () => unbound(sdk()) },
} satisfies Case;
