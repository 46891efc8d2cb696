import { execFile } from 'node:child_process';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';

// Source or built, as this module is.
const CHILD = join(import.meta.dirname, `child${extname(import.meta.filename)}`);
const LONGEST_MILLIS = 180_000;

const execute = promisify(execFile);

/** What one contender comes to in a process of its own. @throws Error with one line on why the process failed. */
export async function observe(id: string, contender: string): Promise<number> {
  const args = [...process.execArgv, '--expose-gc', CHILD, id, contender];
  const { stdout } = await execute(process.execPath, args, { timeout: LONGEST_MILLIS }).catch((error: unknown) => {
    throw new Error(`${contender}: ${reasonOf(error)}`, { cause: error });
  });
  const { value } = JSON.parse(stdout) as { value: unknown };
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Error(`${contender}: ${stdout} is no observation`);
  return value;
}

function reasonOf(error: unknown): string {
  const { stderr = '', killed, code, signal } = error as { stderr?: string; killed?: boolean; code?: unknown; signal?: unknown };
  if (killed) return `not done after ${LONGEST_MILLIS / 1000} seconds`;
  return /^.*\b(Error|ERROR)\b.*$/m.exec(stderr)?.[0] ?? `ended with ${String(code ?? signal)}`;
}
