// `node --require @otel-perf/node/register app.js`: `require` cannot wait for the start, which goes on while the service is loaded.
import { isOfLauncher } from './launchers.ts';
import { Problems } from './problems.ts';

if (!isOfLauncher(process.argv[1] ?? '')) {
  const lost = 'OpenTelemetry instruments that the service makes while it is loaded record nothing';
  new Problems().tell('late-start', `@otel-perf/node/register was required, so that ${lost}. Preload it by --import instead of --require.`);
}
void import('./register.ts');
