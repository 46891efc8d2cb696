import { adaptive, byDefault } from '../../fixtures/cpu-pipeline-adaptive.ts';
import { gated } from '../../harness/gate.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(1.9),
  figure: gated(ratio('optimizer', "onnxruntime's defaults")),
  contenders: { optimizer: () => adaptive(0), "onnxruntime's defaults": () => byDefault(0) },
  rounds: 3,
} satisfies Case;
