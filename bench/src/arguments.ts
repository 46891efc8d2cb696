import { parseArgs } from 'node:util';
import { areas } from './cases/index.ts';

export interface Options {
  /** Ids of the cases to run. */
  readonly ids: readonly string[];
  readonly json: boolean;
  readonly rounds: number | undefined;
}

export const USAGE = `Usage: npm run bench -- [AREA ...] [--json] [--rounds N] [--only ID]

Areas: ${Object.keys(areas).join(', ')} (default: all). --only takes an id or its beginning, and may be repeated.
Prints each case's figure with its goal; exits with 0 when goals are missed, and with 1 when a contender fails.`;

/** @throws Error with a message for the user. */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const chosen = positionals.length === 0 ? Object.keys(areas) : positionals;
  const inAreas = chosen.flatMap((area) => Object.keys(areas[area] ?? refuse(`${area} is no area (${Object.keys(areas).join(', ')})`)));
  const ids = values.only.length === 0 ? inAreas : inAreas.filter((id) => values.only.some((only) => isChosen(id, only, inAreas)));
  if (ids.length === 0) refuse(`no case is called ${values.only.join(' or ')}, or begins so; there are ${inAreas.join(', ')}`);
  return { ids, json: values.json, rounds: values.rounds === undefined ? undefined : positive('--rounds', values.rounds) };
}

/** A whole id chooses one case, its beginning all that begin with it. */
function isChosen(id: string, only: string, all: readonly string[]): boolean {
  return all.includes(only) ? id === only : id.startsWith(only);
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1) refuse(`${option} must be a whole number of at least 1, not ${text}`);
  return value;
}

function refuse(message: string): never {
  throw new Error(message);
}
