import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Diagnosis } from '../doctor/diagnosis.ts';
import type { Finding } from '../doctor/finding.ts';
import type { Report } from '../doctor/watch.ts';

/** What the parts of a program have left so far. */
export interface Reports {
  readonly all: readonly Report[];
  /** Whether any part took the order. */
  readonly isWatched: boolean;
  /** Whether nobody who was at work is still to report. */
  readonly isComplete: boolean;
}

export async function readReports(folder: string): Promise<Reports> {
  const names = new Set(await readdir(folder));
  const parts = [...names].filter((name) => name.endsWith('.watched')).map((name) => name.slice(0, -'.watched'.length));
  const reported = parts.filter((part) => names.has(`${part}.json`));
  const all = await Promise.all(reported.map(async (part) => JSON.parse(await readFile(join(folder, `${part}.json`), 'utf8')) as Report));
  const isComplete =
    all.some(({ where }) => where === 'main') && parts.every((part) => names.has(`${part}.json`) || names.has(`${part}.ended`));
  return { all, isWatched: parts.length > 0, isComplete };
}

/** The diagnoses of all parts as one. A part that records nothing needs no provider where another part has one. */
export function merged(reports: readonly Report[]): Diagnosis {
  const [only] = reports;
  if (reports.length === 1) return only!.diagnosis;
  const hasProvider = reports.some(({ diagnosis }) => !diagnosis.findings.some(isMissingProvider));
  const all = reports.toSorted((a, b) => a.where.localeCompare(b.where, 'en', { numeric: true }));
  const found = Map.groupBy(
    all.flatMap(({ where, isIdle, diagnosis }) =>
      diagnosis.findings.map((finding) => ({
        where,
        finding: hasProvider && isIdle && isMissingProvider(finding) ? hinted(finding) : finding,
      })),
    ),
    ({ finding }) => JSON.stringify(finding),
  );
  const findings = Array.from(
    found.values(),
    (same): Finding => ({ ...same[0]!.finding, where: same.map(({ where }) => where).join(', ') }),
  );
  return { healthy: findings.every(({ level }) => level !== 'problem'), findings };
}

function isMissingProvider({ level, code }: Finding): boolean {
  return level === 'problem' && code === 'no-provider';
}

function hinted(finding: Finding): Finding {
  return { ...finding, level: 'hint' };
}
