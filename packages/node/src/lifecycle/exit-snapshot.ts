import { closeSync, constants, openSync, realpathSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { isMainThread, threadId } from 'node:worker_threads';
import { formatReport, type MetricsReport } from '@otel-perf/metrics';
import { messageOf } from '../problems.ts';
import { whatRuns } from '../running.ts';

/**
 * Writes the report when the process ends in any way that still runs JavaScript: a natural end, `process.exit`, an uncaught error. The file
 * appears whole or not at all. `.json` gives the report as data, every other ending the printed one. `%p` in the name becomes the
 * process id, with the thread's in a worker thread. Of several with one file, the newest writes it.
 * @returns what writes it at once, for an end that emits no `exit`.
 */
export function writeOnExit(path: string, report: () => MetricsReport): () => void {
  const file = absolute(path.replaceAll('%p', isMainThread ? String(process.pid) : `${process.pid}-${threadId}`));
  const write = (): void => {
    try {
      const text = extname(file) === '.json' ? `${JSON.stringify(report(), null, 2)}\n` : formatReport(report());
      replaceFile(file, text);
    } catch (error) {
      complain(`otel-perf: no snapshot in ${file}: ${messageOf(error)}\n`);
    }
  };
  const { snapshots } = whatRuns();
  if (!snapshots.has(file)) process.on('exit', () => snapshots.get(file)?.());
  snapshots.set(file, write);
  return () => {
    if (snapshots.get(file) === write) write();
  };
}

/** In the folder in which the service was started, which it may change. */
function absolute(path: string): string {
  try {
    return resolve(path);
  } catch {
    // That folder is gone.
    return path;
  }
}

/** A warning of the process would come too late to be seen. An error here would change the exit status: nobody reads it, then. */
function complain(line: string): void {
  try {
    writeSync(2, line);
  } catch {
    // Such as a pipe that has been closed.
  }
}

const STANDARD_STREAMS: Partial<Record<string, 'stdout' | 'stderr'>> = { '/dev/stdout': 'stdout', '/dev/stderr': 'stderr' };

function replaceFile(path: string, text: string): void {
  // Where they are redirected to a file, it holds what the service has written, and opening a socket by its name fails.
  const stream = STANDARD_STREAMS[path];
  if (stream !== undefined) return void process[stream].write(text);
  const existing = statSync(path, { throwIfNoEntry: false });
  // A pipe or a device is written to as it is. One that nobody reads gives an error here: to write would wait for a reader, for ever.
  if (existing?.isFIFO() === true) closeSync(openSync(path, constants.O_WRONLY | constants.O_NONBLOCK));
  if (existing !== undefined && !existing.isFile()) return writeFileSync(path, text);
  const file = existing === undefined ? path : realpathSync(path);
  const temporary = `${file}.${process.pid}-${threadId}.tmp`;
  try {
    // Nobody who may not read the old file gets to read the new one.
    writeFileSync(temporary, text, { flush: true, mode: existing === undefined ? 0o666 : existing.mode & 0o777 });
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
