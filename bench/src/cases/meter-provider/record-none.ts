import { both } from '../../fixtures/meter-provider-providers.ts';
import { none, records } from '../../fixtures/meter-provider-records.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default { goal: atLeast(15), figure: ratio('SDK', 'ours'), contenders: both(records(none)) } satisfies Case;
