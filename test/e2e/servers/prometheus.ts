import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { commandOf } from '../../../scripts/servers.mjs';
import { freePorts } from './free-ports.ts';
import { PrometheusApi } from './prometheus-api.ts';
import { ServerProcess } from './server-process.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface PrometheusOptions {
  /** The text of a configuration. Its rule files are `rules/*.yml`. */
  config?: string;
  /** In place of `config`: entries of `scrape_configs`. */
  scrapeConfigs?: readonly Readonly<Record<string, unknown>>[];
  /** Between scrapes and evaluations, with `scrapeConfigs`. Default 1. */
  scrapeIntervalSeconds?: number;
  /** Paths of rule files. Default none. */
  ruleFiles?: readonly string[];
  /** Further arguments of Prometheus. */
  args?: readonly string[];
}

export interface RunningPrometheus
  extends Pick<PrometheusApi, 'query' | 'queryRange' | 'series' | 'labelValues' | 'targets' | 'rules'>,
    AsyncDisposable {
  readonly url: string;
  readonly pid: number | undefined;
  logs(): string;
  /** Ends it and removes what it stored. */
  stop(): Promise<void>;
}

/** Runs Prometheus on a free port, with its data in a temporary folder, and waits until it is ready. */
export async function startPrometheus(options: PrometheusOptions): Promise<RunningPrometheus> {
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const folder = temporaryFolder('prometheus');
  mkdirSync(join(folder.path, 'rules'));
  for (const file of options.ruleFiles ?? []) copyFileSync(file, join(folder.path, 'rules', basename(file)));
  const configFile = join(folder.path, 'prometheus.yml');
  writeFileSync(configFile, options.config ?? configOf(options));

  const child = new ServerProcess({
    name: 'Prometheus',
    command: commandOf('prometheus'),
    args: [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${join(folder.path, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
      ...(options.args ?? []),
    ],
  });
  const prometheus: RunningPrometheus = Object.assign(new PrometheusApi(url), {
    url,
    pid: child.pid,
    logs: () => child.logs(),
    async stop() {
      await child.stop();
      folder.remove();
    },
    [Symbol.asyncDispose]: () => prometheus.stop(),
  });
  try {
    await child.answersAt(`${url}/-/ready`);
  } catch (error) {
    await prometheus.stop();
    throw error;
  }
  return prometheus;
}

/** JSON is YAML too. */
function configOf({ scrapeConfigs = [], scrapeIntervalSeconds = 1 }: PrometheusOptions): string {
  const interval = `${scrapeIntervalSeconds}s`;
  return JSON.stringify({
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: ['rules/*.yml'],
    scrape_configs: scrapeConfigs,
  });
}
