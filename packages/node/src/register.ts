// `node --import @otel-perf/node/register app.js` starts otel-perf before the service, configured by the environment alone.
import { messageOf, Problems } from './problems.ts';

try {
  // Here and not above, so that a package that is missing does not keep the service from starting.
  const { startOtelPerf } = await import('./index.ts');
  await startOtelPerf();
} catch (error) {
  new Problems().tell('sdk-failed', `otel-perf could not be started; the service runs without it: ${messageOf(error)}`);
}
