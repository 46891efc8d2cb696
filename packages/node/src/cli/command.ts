import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { orderVariables, type Order } from '../doctor/order.ts';
import { readReports, type Reports } from './reports.ts';
import type { Wish } from './wish.ts';

/** Time for the command to end once it was asked to. */
const END_MILLIS = 5000;
/** Time for the other parts of the program to report once one has. */
const OTHERS_MILLIS = 15_000;
const POLL_MILLIS = 100;

/** A command that runs with the hook, and leaves its reports in `folder`. */
export class Command {
  readonly #child: ChildProcess;
  readonly #folder: string;
  /** How it ended; rejected where it could not be started. */
  readonly ended: Promise<string>;
  #isOver = false;

  constructor({ after, command: [file, ...args] }: Wish, folder: string) {
    const extension = import.meta.filename.slice(-3);
    const hook = pathToFileURL(join(import.meta.dirname, '..', 'doctor', `hook${extension}`)).href;
    const { NODE_OPTIONS: nodeOptions } = process.env;
    const hooked = `--import ${hook} ${nodeOptions ?? ''}`.trim();
    const order: Order = { folder, at: Date.now() + after * 1000, hooked, ...(nodeOptions === undefined ? {} : { nodeOptions }) };
    this.#folder = folder;
    // What the command prints is not mixed with the diagnosis.
    this.#child = spawn(file, args, { stdio: ['inherit', 2, 2], env: { ...process.env, ...orderVariables(order) } });
    this.ended = this.#end();
    // Whoever asks for the reports is told.
    this.ended.catch(() => {});
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Once every part of the program has reported, most have and the others take too long, or it has ended. */
  async reports(): Promise<Reports> {
    let waited = 0;
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- until they are there
      const reports = await readReports(this.#folder);
      if (reports.isComplete || this.#isOver || waited > OTHERS_MILLIS) return reports;
      if (reports.all.length > 0) waited += POLL_MILLIS;
      // oxlint-disable-next-line no-await-in-loop
      await Promise.race([sleep(POLL_MILLIS), this.ended]);
    }
  }

  /** Ends the command, and the processes that reported, which are not its own children where it is a launcher. */
  async end(reports: readonly { readonly pid: number }[]): Promise<void> {
    const others = new Set(reports.map(({ pid }) => pid).filter((pid) => pid !== this.#child.pid));
    const isGone = (): boolean => this.#isOver && [...others].every((pid) => !sent(pid, 0));
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      if (!this.#isOver) this.#child.kill(signal);
      for (const pid of others) sent(pid, signal);
      // oxlint-disable-next-line no-await-in-loop -- the one before the other
      for (let waited = 0; waited < END_MILLIS && !isGone(); waited += POLL_MILLIS) await sleep(POLL_MILLIS);
      if (isGone()) return;
    }
  }

  async #end(): Promise<string> {
    try {
      const [code, signal] = (await once(this.#child, 'exit')) as [number | null, NodeJS.Signals | null];
      return signal ?? `status ${code}`;
    } finally {
      this.#isOver = true;
    }
  }
}

/** Whether there is still such a process. */
function sent(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
