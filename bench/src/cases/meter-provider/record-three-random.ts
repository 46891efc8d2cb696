import { both } from '../../fixtures/meter-provider-providers.ts';
import { threeRandom, records } from '../../fixtures/meter-provider-records.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default { goal: atLeast(6), figure: ratio('SDK', 'ours'), contenders: both(records(threeRandom)) } satisfies Case;
