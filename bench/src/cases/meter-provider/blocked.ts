import { scrapeWhileBlocked } from '../../fixtures/meter-provider-scrapes.ts';
import { atMost, quantity, type Case } from '../../harness/case.ts';

export default {
  goal: atMost(100),
  figure: quantity('longest scrape while blocked', 'ms'),
  contenders: { 'longest scrape while blocked': scrapeWhileBlocked },
  rounds: 5,
} satisfies Case;
