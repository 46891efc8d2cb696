import { largestDifference } from '../../fixtures/cpu-pipeline-images.ts';
import { atMost, quantity, type Case } from '../../harness/case.ts';

/** What is not resized; with resizing the filters differ. */
export default {
  goal: atMost(1),
  figure: quantity('largest difference', 'levels/255'),
  contenders: { 'largest difference': () => ({ measure: largestDifference }) },
  rounds: 1,
} satisfies Case;
