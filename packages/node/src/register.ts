// `node --import @otel-perf/node/register app.js` starts otel-perf before the service, configured by the environment alone.
import { isOfLauncher } from './launchers.ts';
import { messageOf, Problems } from './problems.ts';

try {
  // By NODE_OPTIONS `npm start` is preloaded too, and would have the service's port.
  if (!isOfLauncher(process.argv[1] ?? '')) {
    // Here and not above, so that a package that is missing does not keep the service from starting.
    const { startOtelPerf } = await import('./index.ts');
    await startOtelPerf();
  }
} catch (error) {
  new Problems().tell('sdk-failed', `otel-perf could not be started; the service runs without it: ${messageOf(error)}`);
}
