import { delayWhileIdle, delayWhilePipelined } from '../../fixtures/cpu-pipeline-event-loop.ts';
import { gated } from '../../harness/gate.ts';
import { atMost, type Case } from '../../harness/case.ts';

export default {
  goal: atMost(10),
  figure: gated({ unit: 'ms', meaning: 'pipelined - idle', of: ({ pipelined, idle }) => pipelined! - idle! }),
  contenders: { pipelined: delayWhilePipelined, idle: delayWhileIdle },
  rounds: 5,
} satisfies Case;
