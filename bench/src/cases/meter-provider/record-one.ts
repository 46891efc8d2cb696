import { both } from '../../fixtures/meter-provider-providers.ts';
import { one, records } from '../../fixtures/meter-provider-records.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default { goal: atLeast(12), figure: ratio('SDK', 'ours'), contenders: both(records(one)) } satisfies Case;
