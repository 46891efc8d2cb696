import { longestStall } from '../../fixtures/meter-provider-scrapes.ts';
import { atMost, type Case } from '../../harness/case.ts';

export default {
  goal: atMost(5),
  figure: { unit: 'ms', meaning: 'scraped - not scraped', of: (observed) => observed['scraped']! - observed['not scraped']! },
  contenders: { scraped: () => longestStall(true), 'not scraped': () => longestStall(false) },
  rounds: 5,
} satisfies Case;
