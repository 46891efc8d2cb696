import { ourPreprocessor, theirPreprocessor } from '../../fixtures/cpu-pipeline-images.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(12),
  figure: ratio('ViTImageProcessor', 'Preprocessor'),
  contenders: { ViTImageProcessor: theirPreprocessor, Preprocessor: ourPreprocessor },
} satisfies Case;
