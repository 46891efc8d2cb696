import { isMainThread } from 'node:worker_threads';
import { MetricType } from '@otel-perf/metrics';
import { secondsBetween } from '../clock/now.ts';
import type { Measurement, Quantity } from './quantity.ts';

/** In the main thread all threads of the process count; in a worker its own one alone, where Node can tell (from 23.9 on). */
const readCpu: () => NodeJS.CpuUsage =
  isMainThread || process.threadCpuUsage === undefined ? process.cpuUsage.bind(process) : process.threadCpuUsage.bind(process);

/** CPU and memory belong to the process: what calls that overlap have used cannot be told apart. */
let running = 0;
let started = 0;

/** Time, CPU time, CPU share and, with `memory`, the change of the resident set size. */
export function resourceUse(memory: boolean): Quantity {
  return {
    begin(clock) {
      const overlapping = running > 0;
      const latest = ++started;
      let runs = true;
      running++;
      const leave = (): void => {
        if (runs) running--;
        runs = false;
      };
      const residentBefore = memory ? process.memoryUsage.rss() : 0;
      const cpuBefore = readCpu();
      const start = clock.now();
      return {
        leave,
        end() {
          const seconds = secondsBetween(start, clock.now());
          const cpu = readCpu();
          leave();
          const tags = overlapping || started !== latest ? { approximate: true } : undefined;
          const user = Math.max(0, cpu.user - cpuBefore.user) / 1e6;
          const system = Math.max(0, cpu.system - cpuBefore.system) / 1e6;
          const measurements: Measurement[] = [
            { what: 'time', type: MetricType.TIME, value: seconds },
            { what: 'cpu_user_time', type: MetricType.TIME, value: user, tags },
            { what: 'cpu_system_time', type: MetricType.TIME, value: system, tags },
          ];
          if (seconds > 0)
            measurements.push({ what: 'cpu_percent', type: MetricType.PERCENTAGE, value: ((user + system) / seconds) * 100, tags });
          if (memory)
            measurements.push({ what: 'memory_delta', type: MetricType.MEMORY, value: process.memoryUsage.rss() - residentBefore, tags });
          return measurements;
        },
      };
    },
  };
}
