import type { Problem, ProblemCode } from '../../problems.ts';
import type { Finding } from '../finding.ts';
import type { Patient } from '../patient.ts';

/** With these all that was asked for is there, but perhaps not as it was meant. */
const HINTS: readonly ProblemCode[] = ['already-started', 'bad-variable'];

/** What the start could not have, such as its port. The messages say what to do. */
export function reported({ reported: problems, readers }: Patient): Finding[] {
  const exporters = readers.flatMap(({ status }) => status.exporters.map(({ name }) => name));
  // An exporter that failed once is looked at by itself, as it is now.
  const isLookedAt = ({ code, message }: Problem): boolean =>
    code === 'export-failed' && exporters.some((name) => message.startsWith(`${name} `));
  // The start and each reader tell for themselves.
  const distinct = new Map(problems.map((each) => [`${each.code}\0${each.message}`, each]));
  return [...distinct.values()]
    .filter((each) => !isLookedAt(each))
    .map(({ code, message }) => ({ level: HINTS.includes(code) ? 'hint' : 'problem', code, message }));
}
