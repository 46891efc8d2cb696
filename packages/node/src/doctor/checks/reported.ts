import type { ProblemCode } from '../../problems.ts';
import type { Finding } from '../finding.ts';
import type { Patient } from '../patient.ts';

/** With these all that was asked for is there, but perhaps not as it was meant. */
const HINTS: readonly ProblemCode[] = ['already-started', 'bad-variable'];
/** An exporter that failed once is looked at by itself, as it is now. */
const LOOKED_AT: ProblemCode = 'export-failed';

/** What the start could not have, such as its port. The messages say what to do. */
export function reported({ reported: problems }: Patient): Finding[] {
  // The start and each reader tell for themselves.
  const distinct = new Map(problems.map((each) => [`${each.code}\0${each.message}`, each]));
  return [...distinct.values()]
    .filter(({ code }) => code !== LOOKED_AT)
    .map(({ code, message }) => ({ level: HINTS.includes(code) ? 'hint' : 'problem', code, message }));
}
