import { realpathSync, renameSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { extname } from 'node:path';
import { isMainThread, threadId } from 'node:worker_threads';
import { formatReport, type MetricsReport } from '@otel-perf/metrics';
import { messageOf } from '../problems.ts';

/**
 * Writes the report when the process ends in any way that still runs JavaScript: a natural end, `process.exit`, an uncaught error. The file
 * appears whole or not at all. `.json` gives the report as data, every other ending the printed one. `%p` in the name becomes the
 * process id, with the thread's in a worker thread.
 * @returns what writes it at once, for an end that emits no `exit`.
 */
export function writeOnExit(path: string, report: () => MetricsReport): () => void {
  const file = path.replaceAll('%p', isMainThread ? String(process.pid) : `${process.pid}-${threadId}`);
  const write = (): void => {
    try {
      const text = extname(file) === '.json' ? `${JSON.stringify(report(), null, 2)}\n` : formatReport(report());
      replaceFile(file, text);
    } catch (error) {
      // A warning of the process would come too late to be seen.
      writeSync(2, `otel-perf: no snapshot in ${file}: ${messageOf(error)}\n`);
    }
  };
  process.on('exit', write);
  return write;
}

const STANDARD_STREAMS: Partial<Record<string, 'stdout' | 'stderr'>> = { '/dev/stdout': 'stdout', '/dev/stderr': 'stderr' };

function replaceFile(path: string, text: string): void {
  // Where they are redirected to a file, it holds what the service has written, and opening a socket by its name fails.
  const stream = STANDARD_STREAMS[path];
  if (stream !== undefined) return void process[stream].write(text);
  const existing = statSync(path, { throwIfNoEntry: false });
  // A pipe or a device is written to as it is.
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
