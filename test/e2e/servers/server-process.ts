import { spawn, type ChildProcess } from 'node:child_process';
import { guardProcess, releaseProcess } from './guard.ts';
import { waitUntil } from './wait-until.ts';

export interface ServerProcessOptions {
  /** For messages. */
  name: string;
  command: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
}

const LOG_LIMIT = 1_000_000;

/** How long a server has to end by itself after `stop`. */
const PATIENCE_MILLIS = 30_000;

/** A child process that is killed when this process ends, and whose output is kept. */
export class ServerProcess {
  readonly name: string;
  /** Resolves when it has ended, with how: `code 1`, `SIGKILL`. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  #logs = '';
  #end: string | undefined;

  constructor({ name, command, args, env, cwd }: ServerProcessOptions) {
    this.name = name;
    const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#logs = (this.#logs + text).slice(-LOG_LIMIT);
      });
    }
    const { promise, resolve } = Promise.withResolvers<string>();
    this.ended = promise;
    const end = (how: string) => {
      if (child.pid !== undefined) releaseProcess(child.pid);
      this.#end = how;
      resolve(how);
    };
    child.once('error', (error) => end(error.message));
    child.once('close', (code, signal) => end(signal ?? `code ${code}`));
    if (child.pid !== undefined) guardProcess(child.pid);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** What it printed, to both of its outputs. */
  logs(): string {
    return this.#logs;
  }

  /** Waits until `url` answers with a status of 2xx. Rejects at once when the process ends before. */
  async answersAt(url: string): Promise<void> {
    await waitUntil(
      `${this.name} at ${url}`,
      async () => this.#end !== undefined || (await fetch(url, { signal: AbortSignal.timeout(5000) })).ok,
      { details: () => this.logs() },
    );
    if (this.#end !== undefined) throw new Error(`${this.name} ended with ${this.#end} instead of starting:\n${this.logs()}`);
  }

  /** Sends the signal and waits for the end; to no effect after it. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.#end === undefined) this.#child.kill(signal);
    await this.ended;
  }

  /** Ends it as an administrator would; kills it should it not end. */
  async stop(): Promise<void> {
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), PATIENCE_MILLIS);
    await this.kill('SIGTERM');
    clearTimeout(timer);
  }
}
