import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { join } from 'node:path';
import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';

/**
 * A process that outlives this one by a moment, to kill what this one leaves behind. An exit handler would not do: Jest gives tests a copy
 * of `process` whose `exit` event never comes, and nothing runs in a process that is killed.
 */
let guard: ChildProcessByStdio<Writable, null, null> | undefined;
const guarded = new Set<number>();

/** Has the process killed should this one end first. */
export function guardProcess(pid: number): void {
  if (guard === undefined) {
    guard = spawn(process.execPath, [join(import.meta.dirname, 'guard.mjs')], { stdio: ['pipe', 'ignore', 'ignore'] });
    // It keeps nobody waiting.
    guard.unref();
    (guard.stdin as Socket).unref();
  }
  guarded.add(pid);
  guard.stdin.write(`+${pid}\n`);
}

/** For a process that has ended: its number may soon be another's. */
export function releaseProcess(pid: number): void {
  if (!guarded.delete(pid)) return;
  guard?.stdin.write(`-${pid}\n`);
  if (guarded.size > 0) return;
  guard?.stdin.end();
  guard = undefined;
}
