import { disabled, unwrapped } from '../../fixtures/disabled-calls.ts';
import { callSixteen, SIXTEEN_TARGETS } from '../../fixtures/sync-targets.ts';
import { atMost, difference, type Case } from '../../harness/case.ts';

export default {
  goal: atMost(7),
  figure: difference('disabled', 'direct'),
  contenders: {
    disabled: () => disabled(SIXTEEN_TARGETS, callSixteen),
    direct: () => unwrapped(SIXTEEN_TARGETS, callSixteen),
  },
} satisfies Case;
