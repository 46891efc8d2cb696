// Runs the built Collector in the foreground: single, agent or gateway, then any options of the Collector's own (--set=…).
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { binary, buildFolder, folder, isBuilt } from './collector-binary.mjs';

const configFolder = join(folder, 'config');
const known = readdirSync(configFolder).map((file) => file.replace(/\.yaml$/, ''));
const [name, ...options] = process.argv.slice(2);

if (!known.includes(name)) {
  console.error(`Usage: npm run collector:start -- ${known.join('|')} [options of the Collector]`);
  process.exit(2);
}
if (!isBuilt()) {
  console.error('The Collector is not built for this otel-collector/builder.yaml yet. Build it with: npm run collector:build');
  process.exit(1);
}

const storage = process.env.OTEL_PERF_COLLECTOR_STORAGE || join(buildFolder, 'storage', name);
mkdirSync(storage, { recursive: true });

const collector = spawn(binary, ['--config', join(configFolder, `${name}.yaml`), ...options], {
  stdio: 'inherit',
  env: { ...process.env, OTEL_PERF_COLLECTOR_STORAGE: storage },
});
// A closed terminal ends it too; by itself the Collector takes SIGHUP as a wish to read its configuration again.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => collector.kill(signal === 'SIGHUP' ? 'SIGTERM' : signal));
}
collector.on('error', (error) => {
  console.error(`${binary} could not be started: ${error.message}`);
  process.exit(1);
});
collector.on('exit', (code, signal) => {
  if (signal === null) process.exit(code);
  // Ends by the signal that ended the Collector, as if it had been started itself.
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
