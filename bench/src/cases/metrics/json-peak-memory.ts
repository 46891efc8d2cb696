import { fileExportMemory } from '../../fixtures/export-memory.ts';
import { atMost, quantity, type Case } from '../../harness/case.ts';

const CONTENDER = 'exportToJson to a file, beyond the history';

export default {
  goal: atMost(8),
  figure: quantity(CONTENDER, 'MB'),
  contenders: { [CONTENDER]: () => fileExportMemory((collector, target) => collector.exportToJson(target)) },
  rounds: 3,
} satisfies Case;
