import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatDiagnosis, type Diagnosis } from '../doctor/diagnosis.ts';
import { messageOf } from '../problems.ts';
import { Command } from './command.ts';
import { merged } from './reports.ts';
import { parseWish, type Wish } from './wish.ts';

const HEALTHY = 0;
const METRICS_MISSING = 1;
const NOT_LOOKED = 2;

/** @returns the exit status. */
export async function runDoctor(args: readonly string[], usage: string): Promise<number> {
  try {
    const wish = parseWish(args);
    if (wish === 'help') {
      process.stdout.write(usage);
      return HEALTHY;
    }
    const diagnosis = await diagnose(wish);
    process.stdout.write(wish.json ? `${JSON.stringify(diagnosis, null, 2)}\n` : formatDiagnosis(diagnosis));
    return diagnosis.healthy ? HEALTHY : METRICS_MISSING;
  } catch (error) {
    process.stderr.write(`otel-perf doctor: ${messageOf(error)}\n${error instanceof NotLooked ? '' : `\n${usage}`}`);
    return NOT_LOOKED;
  }
}

/** Nothing is wrong with how the doctor was called. */
class NotLooked extends Error {}

async function diagnose(wish: Wish): Promise<Diagnosis> {
  const folder = await mkdtemp(join(tmpdir(), 'otel-perf-doctor-'));
  try {
    return await diagnoseIn(folder, wish);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function diagnoseIn(folder: string, wish: Wish): Promise<Diagnosis> {
  const [file] = wish.command;
  let command: Command;
  try {
    command = new Command(wish, folder);
  } catch (error) {
    throw new NotLooked(`${file} cannot be started: ${messageOf(error)}`);
  }
  const stop = (signal: NodeJS.Signals): void => {
    // A terminal tells both of Ctrl+C.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) command.signal(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  try {
    const { all, isWatched } = await command.reports();
    await command.end(all);
    const ending = await command.ended;
    if (all.length > 0) return merged(all);
    throw new NotLooked(isWatched ? `${file} ended (${ending}) ${EARLY}` : `${file} ended (${ending}) ${FOREIGN}`);
  } catch (error) {
    if (error instanceof NotLooked) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new NotLooked(code === 'ENOENT' ? `there is no command ${file}` : `${file} cannot be run: ${messageOf(error)}`);
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, stop);
  }
}

const EARLY = 'by process.exit(), an error or a signal before it was looked at. Try a smaller --after.';
const FOREIGN = 'and ran no program in Node.js 22.15 or later that was there to be looked at.';
