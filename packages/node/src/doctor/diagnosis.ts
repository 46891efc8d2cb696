import type { Finding } from './finding.ts';

export interface Diagnosis {
  /** Whether no finding is a problem. */
  readonly healthy: boolean;
  readonly findings: readonly Finding[];
}

const MARKS = { problem: '✗', hint: '!', fine: '✓' } as const;

/** The diagnosis as text for a terminal, problems first. */
export function formatDiagnosis({ findings }: Diagnosis): string {
  const of = (level: Finding['level']): Finding[] => findings.filter((finding) => finding.level === level);
  const lines = [...of('problem'), ...of('hint'), ...of('fine')].flatMap(({ level, message, remedy, where }) => [
    `${MARKS[level]} ${where === undefined ? '' : `[${where}] `}${message}`,
    ...(remedy === undefined ? [] : [`    ${remedy}`]),
  ]);
  return `${[...lines, '', verdict(of('problem').length, of('hint').length)].join('\n')}\n`;
}

function verdict(problems: number, hints: number): string {
  if (problems > 0) return 'Metrics are missing for the reasons marked ✗.';
  if (hints > 0) return 'No reason was found why metrics should be missing. If they are, see what is marked !.';
  return 'Nothing stands between this process and its metrics.';
}
