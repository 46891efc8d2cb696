import { parseArgs } from 'node:util';
import { sourceOf } from '../read/source.ts';
import { problemOfFilter } from '../top/filter.ts';
import { runLive } from '../top/live.ts';
import { readOnce } from '../top/once.ts';
import type { TopOptions } from '../top/options.ts';
import { printable } from '../top/text.ts';

const DONE = 0;
const NOT_READ = 2;
const LEAST_SECONDS = 0.1;
const MOST_SECONDS = 3600;
/** Where the output is no terminal. */
const COLUMNS = 100;

export const TOP_USAGE = `Usage:
  otel-perf top URL [--every SECONDS] [--filter EXPR] [--once] [--no-color]

Shows live what a Prometheus endpoint has, of otel-perf or of any other program: operations with their rates and percentiles, pipelines,
memory pools, counters and gauges. Rates and percentiles are of the time between the last two scrapes.

  --every SECONDS  between two scrapes, from ${LEAST_SECONDS} to ${MOST_SECONDS}. Default 2
  --filter EXPR    shows only series that pass, as for otel-perf report; a word without wildcards is looked for anywhere in the name
  --once           prints the view after two scrapes, and ends; so it does where input or output is no terminal
  --no-color       without colours, as with NO_COLOR set
  -h, --help       this text

The keys are told by ?, and q quits. A scrape that fails is shown, and tried again.
Exit status: 0, or 2 for wrong arguments, or if --once could not scrape twice.
`;

/** `otel-perf top` with its arguments. @returns the exit status. */
export async function runTop(args: readonly string[]): Promise<number> {
  let wish: Wish | 'help';
  try {
    wish = parseWish(args);
  } catch (error) {
    process.stderr.write(`otel-perf top: ${messageOf(error)}\n\n${TOP_USAGE}`);
    return NOT_READ;
  }
  if (wish === 'help') {
    process.stdout.write(TOP_USAGE);
    return DONE;
  }
  const { stdin, stdout } = process;
  if (!wish.isOnce && stdin.isTTY && stdout.isTTY && process.env['TERM'] !== 'dumb') {
    await runLive(wish, stdin, stdout);
    return DONE;
  }
  try {
    const { text, isComplete } = await readOnce(wish, stdout.columns || COLUMNS);
    stdout.write(text);
    return isComplete ? DONE : NOT_READ;
  } catch (error) {
    process.stderr.write(`otel-perf top: ${printable(messageOf(error))}\n`);
    return NOT_READ;
  }
}

interface Wish extends TopOptions {
  readonly isOnce: boolean;
}

/** @throws Error saying what is wrong. */
function parseWish(args: readonly string[]): Wish | 'help' {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      every: { type: 'string', default: '2' },
      filter: { type: 'string', default: '' },
      once: { type: 'boolean', default: false },
      'no-color': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return 'help';
  const [url, ...others] = positionals;
  if (url === undefined) throw new Error('which URL?');
  if (others.length > 0) throw new Error(`one URL, not ${positionals.length}`);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    // It may hold a password.
    throw new Error('the endpoint must be an http or https URL, such as http://127.0.0.1:9464/metrics');
  }
  const everySeconds = Number(values.every);
  if (values.every.trim() === '' || !(everySeconds >= LEAST_SECONDS && everySeconds <= MOST_SECONDS)) {
    throw new Error(`--every must be a number of seconds from ${LEAST_SECONDS} to ${MOST_SECONDS}, not ${JSON.stringify(values.every)}`);
  }
  const wrong = problemOfFilter(values.filter);
  if (wrong !== undefined) throw new Error(`--filter: ${wrong}`);
  return {
    url,
    shownUrl: sourceOf(url).shown,
    everySeconds,
    filter: values.filter,
    hasColour: !values['no-color'] && !process.env['NO_COLOR'],
    isOnce: values.once,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
