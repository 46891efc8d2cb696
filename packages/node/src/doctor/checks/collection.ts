import { listed, problem, sentence, type Finding } from '../finding.ts';
import type { Patient } from '../patient.ts';

/** Whether all that is to be observed at a collection is. */
export function collection({ readers }: Patient): Finding[] {
  const errors = new Set(readers.flatMap((each) => each.errors));
  if (errors.size === 0) return [];
  return [
    problem(
      'collection-fails',
      `Parts of a collection fail, and their metrics are missing: ${sentence(listed([...errors]))}`,
      'It is the callback of an observable instrument, or a metric producer, that throws or takes longer than collectTimeoutMillis.',
    ),
  ];
}
