import { parseArgs } from 'node:util';

const LONGEST_SECONDS = 3600;

/** What `otel-perf doctor` is to do. */
export interface Wish {
  readonly after: number;
  readonly json: boolean;
  readonly command: readonly [string, ...string[]];
}

/**
 * The options stand before the command, whose own are left to it.
 * @throws Error saying what is wrong.
 */
export function parseWish(args: readonly string[]): Wish | 'help' {
  const first = commandAt(args);
  const { values } = parseArgs({
    args: args.slice(0, first).filter((argument) => argument !== '--'),
    options: { after: { type: 'string', default: '10' }, json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help === true) return 'help';
  const after = Number(values.after);
  if (values.after.trim() === '' || !(after > 0 && after <= LONGEST_SECONDS)) {
    throw new Error(`--after must be a number of seconds, above 0 and at most ${LONGEST_SECONDS}, not ${JSON.stringify(values.after)}`);
  }
  const [file, ...rest] = args.slice(first);
  if (file === undefined) throw new Error('which command?');
  return { after, json: values.json, command: [file, ...rest] };
}

function commandAt(args: readonly string[]): number {
  const dashes = args.indexOf('--');
  const word = args.findIndex((argument, i) => !argument.startsWith('-') && args[i - 1] !== '--after');
  if (dashes >= 0 && (word < 0 || dashes < word)) return dashes + 1;
  return word < 0 ? args.length : word;
}
