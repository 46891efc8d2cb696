import { scrapedMemory, sdkService, service } from '../../fixtures/meter-provider-scrapes.ts';
import { atMost, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atMost(0.25),
  figure: ratio('ours, off the main thread', 'SDK and its exporter'),
  contenders: { 'ours, off the main thread': () => scrapedMemory(service), 'SDK and its exporter': () => scrapedMemory(sdkService) },
  rounds: 5,
} satisfies Case;
