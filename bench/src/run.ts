import { loadavg } from 'node:os';
import { readOptions, USAGE } from './arguments.ts';
import { loadCase } from './cases/index.ts';
import { compare, type Result } from './harness/compare.ts';
import { toJson, toProgress, toTable } from './print.ts';

/** Beyond this many running processes the figures are the scheduler's as much as ours. */
const QUIET = 1;

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const [load = 0] = loadavg();
  if (load > QUIET) process.stderr.write(`The machine is busy (load ${load.toFixed(1)}): expect wide quartiles.\n`);
  const results: Result[] = [];
  for (const id of options.ids) {
    process.stderr.write(`${id} `);
    const result = await compare(id, await loadCase(id), options.rounds);
    results.push(result);
    process.stderr.write(`${toProgress(result)}\n`);
  }
  process.stdout.write(options.json ? toJson(results) : toTable(results));
  if (results.some(({ error }) => error !== undefined)) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
