import { join } from 'node:path';
import { withoutOtelVariables } from '../servers/collector.ts';
import { freePorts } from '../servers/free-ports.ts';
import { ServerProcess } from '../servers/server-process.ts';

export interface ProgramOptions {
  /** Arguments of Node before the script. Default `--import @otel-perf/node/register`. */
  preload?: readonly string[];
  /** None of this process' own OTEL_* variables reach the program. */
  env?: Readonly<Record<string, string>>;
}

export interface RunningProgram extends AsyncDisposable {
  readonly url: string;
  /** `host:port` of its Prometheus endpoint. */
  readonly prometheusTarget: string;
  readonly pid: number;
  readonly ended: Promise<string>;
  logs(): string;
  /** Waits until it answers at a path. */
  answersAt(path: string): Promise<void>;
  kill(signal?: NodeJS.Signals): Promise<void>;
  stop(): Promise<void>;
}

export const REGISTER = ['--import', '@otel-perf/node/register'];

/** Where `--import` finds packages. */
const cwd = join(import.meta.dirname, '..');

/** Starts a program of `services/` as its users would, on what `tsc -b` built. */
export async function startProgram(script: string, options: ProgramOptions = {}): Promise<RunningProgram> {
  const [port, prometheusPort] = await freePorts(2);
  const child = new ServerProcess({
    name: script,
    command: process.execPath,
    args: [...(options.preload ?? REGISTER), join(import.meta.dirname, 'services', script)],
    cwd,
    env: {
      ...withoutOtelVariables(process.env),
      NODE_OPTIONS: '',
      PORT: String(port),
      OTEL_EXPORTER_PROMETHEUS_PORT: String(prometheusPort),
      ...options.env,
    },
  });
  return {
    url: `http://127.0.0.1:${port}`,
    prometheusTarget: `127.0.0.1:${prometheusPort}`,
    pid: child.pid!,
    ended: child.ended,
    logs: () => child.logs(),
    answersAt: (path) => child.answersAt(`http://127.0.0.1:${port}${path}`),
    kill: (signal) => child.kill(signal),
    stop: () => child.stop(),
    [Symbol.asyncDispose]: () => child.stop(),
  };
}
