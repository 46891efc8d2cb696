import { adaptive, byDefault } from '../../fixtures/cpu-pipeline-adaptive.ts';
import { gated } from '../../harness/gate.ts';
import { atLeast, ratio, type Case } from '../../harness/case.ts';

export default {
  goal: atLeast(2.5),
  figure: gated(ratio('optimizer', "onnxruntime's defaults")),
  contenders: { optimizer: () => adaptive(1), "onnxruntime's defaults": () => byDefault(1) },
  rounds: 3,
} satisfies Case;
