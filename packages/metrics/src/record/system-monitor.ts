import { diag } from '@opentelemetry/api';
import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { MetricType } from '../model/metric-type.ts';
import { checkInteger } from '../model/options.ts';
import type { CentralizedMetricsCollector } from './collector.ts';
import { getMetricsCollector } from './global-collector.ts';

const TYPES = {
  system_cpu_percent: MetricType.PERCENTAGE,
  system_memory_rss: MetricType.MEMORY,
  system_memory_vms: MetricType.MEMORY,
  system_memory_percent: MetricType.PERCENTAGE,
  system_thread_count: MetricType.CUSTOM,
} as const;

export type SystemMetricName = keyof typeof TYPES;

/**
 * What the process used, by metric; what this machine cannot tell is absent.
 *
 * - `system_cpu_percent`: time on the processor since the sample before, in percent of one core: two busy threads make 200
 * - `system_memory_rss`: resident memory, bytes
 * - `system_memory_vms`: virtual size, bytes (Linux)
 * - `system_memory_percent`: resident memory, in percent of the container's limit, or of the machine's memory where there is none
 * - `system_thread_count`: threads, those of V8 and libuv too (Linux)
 */
export type SystemSample = Readonly<Partial<Record<SystemMetricName, number>>>;

export interface SystemMonitorOptions {
  /** Time between samples. Default 5000; a whole number from 1 to 2,147,483,647. */
  intervalMillis?: number;
  /** Where samples are recorded. Default the collector of the process. */
  collector?: CentralizedMetricsCollector;
  /** Called with each sample after it was recorded. What it throws is warned of once, through OpenTelemetry's `diag`. */
  callback?: (sample: SystemSample) => void;
}

export interface SystemMonitor extends Disposable {
  /** Takes and records a sample now, besides those of the timer; also after `stop`. Never throws. */
  sample(): SystemSample;
  /** Ends the timer; again to no effect. */
  stop(): void;
}

const MAX_TIMER_MILLIS = 2 ** 31 - 1;

/**
 * Records what the process uses, each `intervalMillis`, the first time after one interval, with the source `system_monitor`. The timer
 * does not keep the process alive.
 *
 * @throws RangeError for an option out of its bounds.
 */
export function startSystemMonitor(options: SystemMonitorOptions = {}): SystemMonitor {
  const intervalMillis = checkInteger('intervalMillis', options.intervalMillis ?? 5000, 1, MAX_TIMER_MILLIS);
  const { collector = getMetricsCollector(), callback } = options;
  const cpuPercent = cpuMeter();
  let warned = false;

  const warn = (error: unknown): void => {
    if (!warned) diag.warn('otel-perf: the callback of a system monitor failed; further failures are not reported', error);
    warned = true;
  };
  const sample = (): SystemSample => {
    const taken = takeSample(cpuPercent);
    for (const [name, value] of Object.entries(taken))
      collector.recordMetric(name, value, TYPES[name as SystemMetricName], 'system_monitor');
    // An async function takes the rejection of an async callback too.
    if (callback !== undefined) void (async () => callback(taken))().catch(warn);
    return taken;
  };
  const timer = setInterval(sample, intervalMillis).unref();
  const stop = (): void => clearInterval(timer);
  return { sample, stop, [Symbol.dispose]: stop };
}

function takeSample(cpuPercent: () => number | undefined): SystemSample {
  const rss = sensor(() => process.memoryUsage.rss());
  const status = sensor(() => readFileSync('/proc/self/status', 'latin1')) ?? '';
  const readings: Record<SystemMetricName, number | undefined> = {
    system_cpu_percent: sensor(cpuPercent),
    system_memory_rss: rss,
    system_memory_vms: field(status, /^VmSize:\s*(\d+) kB$/m, 1024),
    system_memory_percent: rss === undefined ? undefined : (rss / memoryLimit()) * 100,
    system_thread_count: field(status, /^Threads:\s*(\d+)$/m, 1),
  };
  return Object.fromEntries(Object.entries(readings).filter(([, value]) => value !== undefined));
}

/** Percent of one core since the call before, or since it was made; `undefined` when no time has passed. */
function cpuMeter(): () => number | undefined {
  let used = process.cpuUsage();
  let at = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(used);
    const elapsedMicros = (performance.now() - at) * 1000;
    if (elapsedMicros <= 0) return undefined;
    used = process.cpuUsage();
    at = performance.now();
    return ((user + system) / elapsedMicros) * 100;
  };
}

/** Without a limit `constrainedMemory` is 0, or a number beyond what any machine has. */
function memoryLimit(): number {
  const machine = totalmem();
  const container = process.constrainedMemory();
  return container > 0 && container < machine ? container : machine;
}

function field(status: string, pattern: RegExp, unit: number): number | undefined {
  const digits = pattern.exec(status)?.[1];
  return digits === undefined ? undefined : Number(digits) * unit;
}

/** Where /proc is hidden, even Node's own figures throw. */
function sensor<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
