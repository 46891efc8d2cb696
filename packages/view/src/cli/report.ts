import { parseArgs } from 'node:util';
import { readPicture } from '../read/read-picture.ts';
import { parseBudget, type Budget } from '../report/budget/budget.ts';
import { seriesFilter } from '../report/filter.ts';
import { reportJson } from '../report/report-json.ts';
import { createReport, type Report, type ReportRequest } from '../report/report.ts';
import { isStatistic, STATISTICS } from '../report/statistics.ts';
import { reportText } from '../report/text/report-text.ts';
import { printable } from '../top/text.ts';

const FINE = 0;
const BUDGET_BROKEN = 1;
const FAILED = 2;

const TOP = 20;
const LEAST_WIDTH = 40;

export const REPORT_USAGE = `Usage:
  otel-perf report FILE|URL [OPTION...]

Prints the figures of a file (JSON, NDJSON or CSV of otel-perf, or Prometheus text; also gzipped) or of a Prometheus endpoint.

  --filter EXPR    only series that pass; of several --filter one must. EXPR is terms, all of which must hold: PATTERN or name:PATTERN,
                   source:PATTERN, type:TYPE, tag:KEY, tag:KEY=PATTERN, and !TERM for the opposite. Patterns are of all of the
                   text, and have *, ?, [..] and [!..]: '*_time tag:stage=read'
  --top N          the first N rows of each table. Default ${TOP}, with --json all
  --sort COLUMN    greatest first: ${STATISTICS.join(', ')}, or name
  --diff OTHER     compares with OTHER, a file or URL that is older: what got slower first. Nothing is called slower where chance can
                   explain it, or with too few samples
  --fail-if EXPR   a budget: exit status 1 where it holds for any series, such as 'my_operation_time.p95 > 50ms' or
                   'stage_time{stage="detect"}.average >= 0.1'. Several may be given. Statistics: those of --sort. Operators: > >= < <=
                   == !=. Units: ns us ms s min h, B KB MB GB TB KiB MiB GiB TiB, %, or none for the unit of the series.
                   What is not there is an error, and no pass; --filter makes no difference
  --json           as JSON
  -h, --help       this text

Exit status: 0, or 1 if a budget is broken, or 2 if something could not be read or checked, or for wrong arguments.
`;

/** `otel-perf report` with its arguments. @returns the exit status. */
export async function runReport(args: readonly string[]): Promise<number> {
  let wish: Wish | 'help';
  try {
    wish = parseWish(args);
  } catch (error) {
    process.stderr.write(`otel-perf report: ${messageOf(error)}\n\n${REPORT_USAGE}`);
    return FAILED;
  }
  if (wish === 'help') {
    await print(REPORT_USAGE);
    return FINE;
  }
  try {
    const report = await reportOf(wish);
    await print(wish.json ? `${JSON.stringify(reportJson(report), null, 2)}\n` : reportText(report, terminal()));
    return statusOf(report);
  } catch (error) {
    process.stderr.write(`otel-perf report: ${messageOf(error)}\n`);
    return FAILED;
  }
}

interface Wish {
  readonly where: string;
  readonly other: string | undefined;
  readonly json: boolean;
  readonly request: ReportRequest;
}

/** @throws Error saying what is wrong. */
function parseWish(args: readonly string[]): Wish | 'help' {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      filter: { type: 'string', multiple: true, default: [] },
      top: { type: 'string' },
      sort: { type: 'string' },
      diff: { type: 'string' },
      'fail-if': { type: 'string', multiple: true, default: [] },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return 'help';
  const [where, ...others] = positionals;
  if (where === undefined) throw new Error('which file or URL?');
  if (others.length > 0) throw new Error(`one file or URL, not ${positionals.length}`);
  if (values.sort !== undefined && values.diff !== undefined)
    throw new Error('--sort does not go with --diff, which has an order of its own');
  const top = values.top === undefined ? undefined : wholeNumber(values.top);
  const request: ReportRequest = {
    passes: told('--filter', () => seriesFilter(values.filter)),
    top: top ?? (values.json ? Infinity : TOP),
    budgets: told('--fail-if', () => values['fail-if'].map((text): Budget => parseBudget(text))),
    ...(values.sort === undefined ? {} : { sort: column(values.sort) }),
  };
  return { where, other: values.diff, json: values.json, request };
}

function told<T>(option: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new Error(`${option}: ${messageOf(error)}`, { cause: error });
  }
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1)
    throw new Error(`--top must be a whole number of at least 1, not ${JSON.stringify(text)}`);
  return Number(text);
}

function column(text: string): NonNullable<ReportRequest['sort']> {
  if (text === 'name' || isStatistic(text)) return text;
  throw new Error(`--sort must be name or one of ${STATISTICS.join(', ')}, not ${JSON.stringify(text)}`);
}

async function reportOf({ where, other, request }: Wish): Promise<Report> {
  const [picture, before] = await Promise.all([readPicture(where), other === undefined ? undefined : readPicture(other)]);
  return createReport(picture, before === undefined ? request : { ...request, before });
}

/** Tells on the standard error what the status says, for those who keep the report in a file. */
function statusOf({ budgets }: Report): number {
  let status = FINE;
  for (const { budget, checks, error } of budgets) {
    if (error !== undefined) {
      process.stderr.write(`otel-perf report: not checked: ${printable(budget.text.trim())}: ${printable(error)}\n`);
      status = FAILED;
    } else if (checks.some(({ isBroken }) => isBroken)) {
      process.stderr.write(`otel-perf report: budget broken: ${printable(budget.text.trim())}\n`);
      if (status === FINE) status = BUDGET_BROKEN;
    }
  }
  return status;
}

function terminal(): { width?: number; hasColour?: boolean } {
  const { stdout, env } = process;
  if (!stdout.isTTY) return {};
  const hasColour = (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  // A terminal may say 0.
  return { width: Math.max(LEAST_WIDTH, stdout.columns || 80), hasColour };
}

/** Once the text is out. A reader that has seen enough, such as `head`, is no failure. */
async function print(text: string): Promise<void> {
  const { stdout } = process;
  // The callback is told. The event comes after it.
  const ignore = (): void => {};
  stdout.on('error', ignore);
  const error = await new Promise<NodeJS.ErrnoException | null | undefined>((resolve) => {
    stdout.write(text, resolve);
  });
  if (error && error.code !== 'EPIPE') throw error;
  if (!error) stdout.off('error', ignore);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
