import { both } from '../../fixtures/meter-provider-providers.ts';
import { three, records } from '../../fixtures/meter-provider-records.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default { goal: atLeast(20), figure: ratio('SDK', 'ours'), contenders: both(records(three)) } satisfies Case;
