import { type Line, span } from './line.ts';

const KEYS: readonly (readonly [keys: string, effect: string])[] = [
  ['q Esc Ctrl-C', 'quit'],
  ['↑ ↓ j k', 'scroll by a line'],
  ['PgUp PgDn Space', 'scroll by a page'],
  ['Home End g G', 'first or last line'],
  ['Tab', 'next section'],
  ['s', 'sort by the next column'],
  ['/', 'filter; Enter keeps it, Esc too'],
  ['p', 'pause: no scrapes until p again'],
  ['?', 'this help'],
];

const NOTES = [
  'Rates and percentiles are of the time between the last two scrapes.',
  '* of another time: since the start, or as the endpoint itself tells it.',
  '– not known, or nothing happened. ▼ ▲ what rows are ordered by.',
  'calls/s of a stage: those timed; of many, a sample.',
];

export function helpLines(): Line[] {
  return [
    [span('Keys', 'heading')],
    ...KEYS.map(([keys, effect]): Line => [span(keys.padEnd(17), 'title'), span(effect)]),
    [],
    ...NOTES.map((note): Line => [span(note)]),
  ];
}
