import { Receiver } from './receiver.ts';
import { REGISTER, start } from './run.ts';

/** A Collector, and the environment of a service that flushes to it when it ends, and sends nothing before. */
export async function flushingTo(options?: { hangs: boolean }) {
  const receiver = new Receiver(options);
  // Nothing is sent on a timer, and nothing gives up before it is told to.
  const never = { OTEL_METRIC_EXPORT_INTERVAL: '600000', OTEL_METRIC_EXPORT_TIMEOUT: '600000', OTEL_EXPORTER_OTLP_TIMEOUT: '600000' };
  const env: Record<string, string> = {
    ...(await receiver.listen()),
    ...never,
    OTEL_PERF_FLUSH_ON_EXIT: 'true',
    OTEL_PERF_FLUSH_TIMEOUT: '60000',
  };
  return { receiver, env };
}

/** A service that waits as `ending` says. */
export async function startWaiting(ending: string, env: Record<string, string>) {
  const running = start('ending.mjs', { args: [ending], env, preload: [REGISTER] });
  await running.said();
  return running;
}
