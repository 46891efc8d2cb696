import { parseArgs } from 'node:util';

export interface JobOptions {
  readonly from: string;
  readonly to: string;
  readonly onError: OnError;
}

/** What a file that cannot be compressed means to the job. */
export type OnError = (typeof ON_ERROR)[number];

const ON_ERROR = ['skip', 'exit', 'throw'] as const;
const USAGE = `Usage: node dist/main.js FROM TO [--on-error ${ON_ERROR.join('|')}]`;

export function readOptions(args: string[]): JobOptions {
  const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { 'on-error': { type: 'string', default: 'skip' } } });
  const [from, to] = positionals;
  const onError = ON_ERROR.find((each) => each === values['on-error']);
  if (from !== undefined && to !== undefined && onError !== undefined) return { from, to, onError };
  console.error(USAGE);
  process.exit(2);
}
