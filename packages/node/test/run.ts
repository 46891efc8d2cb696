import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { jest } from '@jest/globals';
import { isOldLine } from './line.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');
const PACKAGE = join(import.meta.dirname, '..');

/** A child that has not ended by then is killed, and its test fails. */
const PATIENCE_MILLIS = 40_000;

// Children take their time on a machine that has other things to do.
jest.setTimeout(60_000);

/** Compiles each source once, not once for every child. */
const COMPILED = { NODE_COMPILE_CACHE: join(PACKAGE, 'node_modules/.cache/compiled') };

export interface RunOptions {
  /** Added to the environment, in which there is no OTEL_* of the tests' own. `undefined` takes one of `QUIET` away. */
  env?: Record<string, string | undefined>;
  args?: readonly string[];
  /** What is preloaded, in this order: `REGISTER`, another package's entry, or a file of fixtures/. */
  preload?: readonly string[];
  /** Further options of node. */
  node?: readonly string[];
  /** In which the outputs are, in place of pipes: a file descriptor. */
  stdout?: number;
}

/** `--import @otel-perf/node/register`. */
export const REGISTER = '@otel-perf/node/register';

/** Little to load and nothing sent, unless a test asks for it. */
const QUIET = { OTEL_METRICS_EXPORTER: 'none', OTEL_PERF_HOST_METRICS: 'false', OTEL_PERF_RUNTIME_METRICS: 'false' };

/** A child process that runs a fixture. */
export class Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  #stdout = '';
  #stderr = '';

  constructor(child: ChildProcess) {
    this.child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => void (this.#stdout += text));
    child.stderr!.setEncoding('utf8').on('data', (text: string) => void (this.#stderr += text));
    this.ended = this.#end();
  }

  async #end(): Promise<Ended> {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), PATIENCE_MILLIS);
    const [code, signal] = (await once(this.child, 'close')) as [number | null, NodeJS.Signals | null];
    clearTimeout(timer);
    return new Ended(code, signal, this.#stdout, this.#stderr);
  }

  /** The `count`th thing that the fixture says (see fixtures/say.mjs), once it does. */
  async said<T>(count = 1): Promise<T> {
    while (saidIn(this.#stdout).length < count) {
      if (this.child.exitCode !== null || this.child.signalCode !== null)
        throw new Error(`it ended first:\n${this.#stdout}${this.#stderr}`);
      // oxlint-disable-next-line no-await-in-loop -- until it has come
      await Promise.race([once(this.child.stdout!, 'data'), this.ended]);
    }
    return saidIn(this.#stdout)[count - 1] as T;
  }
}

/** A child process that has ended. */
export class Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;

  constructor(code: number | null, signal: NodeJS.Signals | null, stdout: string, stderr: string) {
    this.code = code;
    this.signal = signal;
    this.stdout = stdout;
    this.stderr = stderr;
  }

  /** What it came to: `code 3`, `SIGTERM`. */
  get end(): string {
    return this.signal ?? `code ${this.code}`;
  }

  /** The last thing that the fixture said. */
  said<T>(): T {
    const all = saidIn(this.stdout);
    if (all.length === 0) throw new Error(`it said nothing, and ended with ${this.end}:\n${this.stdout}${this.stderr}`);
    return all.at(-1) as T;
  }

  /** The process's warnings of ours, in the order in which they came: `[code] message`. */
  get warnings(): string[] {
    const lines = this.stderr.matchAll(/^\(node:\d+\) \[(.+?)\] OtelPerfWarning: (.*)$/gm);
    return Array.from(lines, ([, code, message]) => `[${code}] ${message}`);
  }
}

function saidIn(stdout: string): unknown[] {
  const whole = stdout.slice(0, stdout.lastIndexOf('\n') + 1).split('\n');
  return whole.filter((line) => line.startsWith('@')).map((line) => JSON.parse(line.slice(1)) as unknown);
}

/** Starts a fixture, a file of fixtures/ or an absolute path, as its users would: from the sources, in a process of its own. */
export function start(fixture: string, { env = {}, args = [], preload = [], node = [], stdout }: RunOptions = {}): Running {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('OTEL_') && !name.startsWith('NODE_'));
  const imported = [...(isOldLine ? ['../line-2-hook.mjs'] : []), ...preload].flatMap((each) => ['--import', entry(each)]);
  const child = spawn(process.execPath, ['--conditions=@otel-perf/source', ...node, ...imported, inFixtures(fixture), ...args], {
    cwd: PACKAGE,
    env: { ...Object.fromEntries(inherited), ...COMPILED, ...QUIET, ...env },
    stdio: ['ignore', stdout ?? 'pipe', 'pipe'],
  });
  return new Running(child);
}

/** Runs a fixture to its end. */
export function run(fixture: string, options?: RunOptions): Promise<Ended> {
  return start(fixture, options).ended;
}

function entry(preloaded: string): string {
  return preloaded.startsWith('@') ? preloaded : pathToFileURL(inFixtures(preloaded)).href;
}

function inFixtures(path: string): string {
  return isAbsolute(path) ? path : join(FIXTURES, path);
}
