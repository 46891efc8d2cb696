import { join } from 'node:path';
import { commandOf } from '../../../scripts/servers.mjs';
import { freePorts } from './free-ports.ts';
import { ServerProcess } from './server-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** The configurations in otel-collector/config. */
export type CollectorName = 'single' | 'agent' | 'gateway';

export interface CollectorPorts {
  grpc: number;
  http: number;
  /** What Prometheus scrapes. Nothing listens there in an agent. */
  prometheus: number;
  health: number;
  /** The Collector's metrics of itself. */
  self: number;
}

export interface CollectorOptions {
  /** Default free ones. */
  ports?: Partial<CollectorPorts>;
  /** An agent's gateway, as host and port of its gRPC receiver. Default a port on which nothing listens. */
  gateway?: string;
  /** Folder of an agent's queue. Default a temporary one, which `stop` removes. */
  storage?: string;
  /** Further settings, as after `--set=`: `processors.memory_limiter.limit_mib=64`. */
  set?: readonly string[];
}

export interface RunningCollector extends AsyncDisposable {
  readonly name: CollectorName;
  readonly ports: Readonly<CollectorPorts>;
  /** To be given `/v1/metrics`. */
  readonly otlpHttpUrl: string;
  readonly otlpGrpcUrl: string;
  readonly prometheusUrl: string;
  readonly healthUrl: string;
  readonly selfUrl: string;
  readonly storage: string;
  readonly pid: number | undefined;
  /** What it printed since it was started or restarted. */
  logs(): string;
  /** Ends it and waits for that, by default without a chance to tidy up. `restart` brings it back. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Ends it as an administrator would, starts it again with the same ports and storage, and waits until it is healthy. */
  restart(): Promise<void>;
  /** Ends it as an administrator would, and removes its temporary folder. */
  stop(): Promise<void>;
}

const configFolder = join(import.meta.dirname, '../../../otel-collector/config');

export const collectorConfig = (name: CollectorName): string => join(configFolder, `${name}.yaml`);

/** What this process was given for its own telemetry is none of the Collector's. */
export function withoutOtelVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('OTEL_')));
}

/** Runs the built Collector with a shipped configuration, of which nothing but the ports is changed, and waits until it is healthy. */
export async function startCollector(name: CollectorName, options: CollectorOptions = {}): Promise<RunningCollector> {
  const [grpc = 0, http = 0, prometheus = 0, health = 0, self = 0, nobody = 0] = await freePorts(6);
  const ports: CollectorPorts = { grpc, http, prometheus, health, self, ...options.ports };
  const temporary = options.storage === undefined ? temporaryFolder(`collector-${name}`) : undefined;
  const storage = options.storage ?? temporary!.path;
  const healthUrl = `http://127.0.0.1:${ports.health}/`;

  const start = (): ServerProcess =>
    new ServerProcess({
      name: `Collector (${name})`,
      command: commandOf('collector'),
      args: [`--config=${collectorConfig(name)}`, ...settings(name, ports), ...(options.set ?? []).map((each) => `--set=${each}`)],
      env: {
        ...withoutOtelVariables(process.env),
        OTEL_PERF_COLLECTOR_STORAGE: storage,
        OTEL_PERF_GATEWAY: options.gateway ?? `127.0.0.1:${nobody}`,
      },
    });

  let child = start();
  const collector: RunningCollector = {
    name,
    ports,
    otlpHttpUrl: `http://127.0.0.1:${ports.http}`,
    otlpGrpcUrl: `http://127.0.0.1:${ports.grpc}`,
    prometheusUrl: `http://127.0.0.1:${ports.prometheus}/metrics`,
    healthUrl,
    selfUrl: `http://127.0.0.1:${ports.self}/metrics`,
    storage,
    get pid() {
      return child.pid;
    },
    logs: () => child.logs(),
    kill: (signal) => child.kill(signal),
    async restart() {
      await child.stop();
      child = start();
      await child.answersAt(healthUrl);
    },
    async stop() {
      await child.stop();
      temporary?.remove();
    },
    [Symbol.asyncDispose]: () => collector.stop(),
  };
  try {
    await child.answersAt(healthUrl);
  } catch (error) {
    await collector.stop();
    throw error;
  }
  return collector;
}

function settings(name: CollectorName, ports: CollectorPorts): string[] {
  const reader = `{pull: {exporter: {prometheus: {host: 127.0.0.1, port: ${ports.self}}}}}`;
  return [
    `--set=receivers.otlp.protocols.grpc.endpoint=127.0.0.1:${ports.grpc}`,
    `--set=receivers.otlp.protocols.http.endpoint=127.0.0.1:${ports.http}`,
    `--set=extensions.health_check.endpoint=127.0.0.1:${ports.health}`,
    `--set=service.telemetry.metrics.readers=[${reader}]`,
    ...(name === 'agent' ? [] : [`--set=exporters.prometheus.endpoint=127.0.0.1:${ports.prometheus}`]),
  ];
}
