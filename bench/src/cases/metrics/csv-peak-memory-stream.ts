import { streamExportMemory } from '../../fixtures/export-memory.ts';
import { atMost, quantity, type Case } from '../../harness/case.ts';

const CONTENDER = 'exportToCsv to a stream, beyond the history';

export default {
  goal: atMost(8),
  figure: quantity(CONTENDER, 'MB'),
  contenders: { [CONTENDER]: () => streamExportMemory((collector, target) => collector.exportToCsv(target)) },
  rounds: 3,
} satisfies Case;
