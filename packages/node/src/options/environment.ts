import type { Problems } from '../problems.ts';

/** Variables of ours that the start reads. */
const OURS = [
  'OTEL_PERF_EXIT_SNAPSHOT',
  'OTEL_PERF_FLUSH_ON_EXIT',
  'OTEL_PERF_FLUSH_TIMEOUT',
  'OTEL_PERF_HOST_METRICS',
  'OTEL_PERF_INSTRUMENTATIONS',
  'OTEL_PERF_OFF_THREAD',
  'OTEL_PERF_PAGE',
  'OTEL_PERF_PROMETHEUS_NAMING',
  'OTEL_PERF_PROMETHEUS_PATH',
  'OTEL_PERF_PROMETHEUS_TLS_CERTIFICATE',
  'OTEL_PERF_PROMETHEUS_TLS_KEY',
  'OTEL_PERF_PROMETHEUS_TOKEN',
  'OTEL_PERF_RUNTIME_METRICS',
];

/** Those of the Collector in otel-collector/, of its tests and of `otel-perf doctor`. */
const OF_OTHERS = /^OTEL_PERF_(?:GATEWAY|GATEWAY_HOST|COLLECTOR_STORAGE|REQUIRE_SERVERS|DOCTOR)$/;

/** Kubernetes gives every container those of the Services of its namespace, of which one may be called `otel-perf` or `otel-perf-…`. */
const OF_KUBERNETES = /_SERVICE_(?:HOST|PORT)(?:_.*)?=|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?=|_PORT=(?:tcp|udp|sctp):/;

/**
 * Reads variables as the OpenTelemetry specification says ("Environment Variable Specification"): an empty one counts as unset, one that
 * makes no sense is reported and counts as unset too.
 */
export class Environment {
  readonly #variables: NodeJS.ProcessEnv;
  readonly #problems: Problems;

  constructor(variables: NodeJS.ProcessEnv, problems: Problems) {
    this.#variables = variables;
    this.#problems = problems;
  }

  text(name: string): string | undefined {
    const value = this.#variables[name]?.trim();
    return value === '' ? undefined : value;
  }

  /** Separated by commas, without the empty and the repeated. Those that are not `known`, where that is given, are reported and left out. */
  list(name: string, known?: readonly string[]): readonly string[] | undefined {
    const items = this.text(name)?.split(',');
    if (items === undefined) return undefined;
    const texts = new Set(items.map((item) => item.trim()).filter((item) => item !== ''));
    const heeded = [...texts].filter((text) => known?.includes(text) ?? true);
    if (heeded.length === 0 && texts.size > 0) this.refuse(name, `a list of ${known!.join(', ')}`);
    else if (heeded.length < texts.size) {
      const others = [...texts].filter((text) => !heeded.includes(text)).join(', ');
      this.#problems.tell('bad-variable', `${name} has ${others}, which otel-perf does not know: it takes ${known!.join(', ')}.`);
    }
    return heeded.length === 0 ? undefined : heeded;
  }

  integer(name: string, least: number, most: number): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    this.refuse(name, `a whole number from ${least} to ${most}`);
    return undefined;
  }

  /** `true` in any case is true. The specification takes everything else for false; what is neither is reported too. */
  flag(name: string): boolean | undefined {
    const text = this.text(name)?.toLowerCase();
    if (text === undefined) return undefined;
    if (text === 'true' || text === 'false') return text === 'true';
    this.refuse(name, 'true or false');
    return undefined;
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = values.find((each) => each === text);
    if (value === undefined) this.refuse(name, values.join(' or '));
    return value;
  }

  refuse(name: string, expected: string): void {
    this.#problems.tell('bad-variable', `${name} is ${JSON.stringify(this.#variables[name])}, not ${expected}: it is ignored.`);
  }

  /** Reports variables that nobody reads: misspelt ones of ours, and the standard's that NodeSDK leaves out. */
  checkNames(): void {
    for (const [name, value] of Object.entries(this.#variables)) {
      if (name.startsWith('OTEL_PERF_') && !OURS.includes(name) && !OF_OTHERS.test(name) && !OF_KUBERNETES.test(`${name}=${value}`)) {
        this.#problems.tell('bad-variable', `${name} is no variable of otel-perf, which reads ${OURS.join(', ')}.`);
      }
    }
    if (this.text('OTEL_CONFIG_FILE') !== undefined) {
      const instead = 'the other OTEL_* variables and the options of startOtelPerf hold';
      this.#problems.tell('bad-variable', `OTEL_CONFIG_FILE is not read by otel-perf: ${instead}.`);
    }
  }
}
