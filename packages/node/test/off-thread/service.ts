import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import type { OtelPerfOptions, Problem } from '../../src/index.ts';
import type { ReaderStatus } from '@otel-perf/metrics';
import { Running } from '../run.ts';

export const FIXTURES = join(import.meta.dirname, 'fixtures');

/** Those of the test that runs: they are ended with it. */
const open = new Set<Service>();
afterEach(async () => {
  await Promise.all([...open].map((each) => each.kill()));
});

export interface Status extends ReaderStatus {
  readonly active: boolean;
  readonly problems: readonly Problem[];
  readonly exportErrors: readonly string[];
}

/** Little to load and nothing sent, unless a test asks for it. */
const QUIET = {
  OTEL_PERF_OFF_THREAD: 'true',
  OTEL_METRICS_EXPORTER: 'prometheus',
  OTEL_EXPORTER_PROMETHEUS_PORT: '0',
  OTEL_PERF_HOST_METRICS: 'false',
  OTEL_PERF_RUNTIME_METRICS: 'false',
};

/** A process that does what it is told to, see fixtures/service.mjs. */
export class Service {
  readonly running: Running;
  readonly #child: ChildProcess;
  readonly #answers = new Map<number, (answer: unknown) => void>();
  readonly #blocked: (() => void)[] = [];
  #commands = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.running = new Running(child);
    child.on('message', (message: 'started' | 'blocked' | { id: number; answer: unknown }) => {
      if (message === 'blocked') this.#blocked.shift()!();
      else if (message !== 'started') this.#answers.get(message.id)!(message.answer);
    });
  }

  static async start(
    options: OtelPerfOptions = {},
    env: Record<string, string | undefined> = {},
    preload: string[] = [],
  ): Promise<Service> {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('OTEL_') && !name.startsWith('NODE_'));
    const execArgv = ['--conditions=@otel-perf/source', ...preload.flatMap((each) => ['--import', each])];
    const child = fork(join(FIXTURES, 'service.mjs'), [JSON.stringify(options)], {
      cwd: join(import.meta.dirname, '../..'),
      execArgv,
      env: { ...Object.fromEntries(inherited), ...QUIET, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const service = new Service(child);
    open.add(service);
    const ended = service.running.ended.then(({ stderr }) => Promise.reject(new Error(`it ended first:\n${stderr}`)));
    await Promise.race([once(child, 'message'), ended]);
    ended.catch(() => {});
    return service;
  }

  async ask<T>(command: string, given: object = {}): Promise<T> {
    const id = ++this.#commands;
    const answer = new Promise<unknown>((resolve) => void this.#answers.set(id, resolve));
    this.#child.send({ id, command, ...given });
    return (await answer) as T;
  }

  async url(): Promise<string> {
    return this.ask<string>('url');
  }

  status(): Promise<Status> {
    return this.ask('status');
  }

  /** Resolves once nothing else happens in its main thread, which is so until the file is there. */
  async block(until: string): Promise<void> {
    const blocked = new Promise<void>((resolve) => void this.#blocked.push(resolve));
    void this.ask('block', { until });
    await blocked;
  }

  /** Lets it end by itself. */
  async end(): Promise<Awaited<Running['ended']>> {
    this.#child.send({ command: 'end' });
    open.delete(this);
    return this.running.ended;
  }

  async kill(): Promise<void> {
    open.delete(this);
    this.#child.kill('SIGKILL');
    await this.running.ended;
  }
}

/** The sum over the series of a name in a Prometheus text. */
export function sumOf(text: string, name: string): number {
  const lines = text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? +(\\S+)$`, 'gm'));
  return Array.from(lines, ([, value]) => Number(value)).reduce((sum, value) => sum + value, 0);
}

export async function scrape(url: string, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(url, { headers });
  if (response.status !== 200) throw new Error(`status ${response.status}`);
  return response.text();
}
