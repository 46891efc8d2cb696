import type { DropReason, LossCounts } from '@otel-perf/metrics';
import { hint, problem, type Finding } from '../finding.ts';
import type { Patient } from '../patient.ts';

const REASONS: Record<DropReason, string> = {
  not_a_number: 'not a number',
  not_finite: 'NaN or infinite',
  negative: 'below 0 where that cannot be',
  name_limit: 'names beyond maxNames',
  unreadable: 'tags that cannot be read',
  instrument_error: 'an instrument that throws',
};

/** Whether what was recorded got into the metrics. */
export function losses({ collectors }: Patient): Finding[] {
  return collectors.flatMap((collector) => lossesOf(collector.getLosses()));
}

function lossesOf({ dropped, skipped, overflowed }: LossCounts): Finding[] {
  const findings: Finding[] = [];
  const reasons = Object.entries(dropped).filter(([, count]) => count > 0);
  if (reasons.length > 0) {
    const list = reasons.map(([reason, count]) => `${REASONS[reason as DropReason] ?? reason} (${count})`).join(', ');
    const remedy = 'With OTEL_LOG_LEVEL=warn, or a logger given to diag.setLogger, the first of each metric is named.';
    findings.push(problem('measurements-dropped', `Measurements were dropped: ${list}.`, remedy));
  }
  const left = Object.values(skipped).reduce((sum, count) => sum + count, 0);
  if (left > 0) {
    const remedy = 'That is what was asked for; a Counter beside it counts all.';
    findings.push(hint('measurements-skipped', `${left} measurements were left out by a sampling ratio or a minimum interval.`, remedy));
  }
  if (overflowed > 0) {
    const remedy = 'Use tags of few values, or raise maxSeriesPerName.';
    findings.push(hint('series-overflowed', `${overflowed} measurements went to overflow series, without their tags.`, remedy));
  }
  return findings;
}
