#!/usr/bin/env node
import { runDoctor } from './doctor-command.ts';

const USAGE = `Usage:
  otel-perf doctor [--after SECONDS] [--json] [--] COMMAND [ARGUMENT...]

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

const [command, ...rest] = process.argv.slice(2);
if (command === 'doctor') process.exitCode = await runDoctor(rest, USAGE);
else if (command === '--help' || command === '-h' || command === 'help') process.stdout.write(USAGE);
else {
  process.stderr.write(command === undefined ? USAGE : `otel-perf: there is no command ${command}.\n\n${USAGE}`);
  process.exitCode = 2;
}
