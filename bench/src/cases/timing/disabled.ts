import { disabled, unwrapped } from '../../fixtures/disabled-calls.ts';
import { callOne, longTarget } from '../../fixtures/sync-targets.ts';
import { atMost, difference, type Case } from '../../harness/case.ts';

export default {
  goal: atMost(1),
  figure: difference('disabled', 'direct'),
  contenders: {
    disabled: () => disabled([longTarget], ([call], values, times) => callOne(call!, values, times)),
    direct: () => unwrapped([longTarget], ([call], values, times) => callOne(call!, values, times)),
  },
} satisfies Case;
