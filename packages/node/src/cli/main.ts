#!/usr/bin/env node
import { runDoctor } from './doctor-command.ts';

const DOCTOR = `  otel-perf doctor [--after SECONDS] [--json] [--] COMMAND [ARGUMENT...]

Runs the command, looks into it why its metrics do not appear, prints what it found, and ends the command.
Cluster workers and worker threads are looked at too; other programs that it starts are not.

  --after SECONDS  when to look. Default 10; at its natural end if that is earlier
  --json           what it found as JSON
  -h, --help       this text

What it found goes to the standard output, and what the command itself prints to the standard error.
Exit status: 0 if nothing was found, 1 if metrics are missing, 2 if it could not look.

Example:
  otel-perf doctor node --import @otel-perf/node/register app.js
`;

const USAGE = `Usage:
  otel-perf doctor [OPTION...] [--] COMMAND  why the metrics of a program do not appear
  otel-perf report FILE|URL [OPTION...]      the figures of an export or an endpoint, differences, budgets
  otel-perf top URL [OPTION...]              a live view of an endpoint
  otel-perf html FILE|URL [OPTION...]        one page that shows an export or an endpoint
  otel-perf COMMAND --help                   more of a command

The first of them:
${DOCTOR}`;

type Run = (args: readonly string[]) => Promise<number>;

/** Loaded when they are asked for. */
const commands = new Map<string, () => Promise<Run>>([
  ['doctor', async () => (args) => runDoctor(args, `Usage:\n${DOCTOR}`)],
  ['report', async () => (await import('@otel-perf/view')).runReport],
  ['top', async () => (await import('@otel-perf/view')).runTop],
  ['html', async () => (await import('@otel-perf/view')).runHtml],
]);

const [command, ...rest] = process.argv.slice(2);
const load = commands.get(command ?? '');
if (load !== undefined) process.exitCode = await (await load())(rest);
else if (command === '--help' || command === '-h' || command === 'help') process.stdout.write(USAGE);
else {
  process.stderr.write(command === undefined ? USAGE : `otel-perf: there is no command ${command}.\n\n${USAGE}`);
  process.exitCode = 2;
}
