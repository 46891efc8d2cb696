// Everything that must hold before a change lands. Stops at the first step that fails.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { areRequired, missingServers } from './servers.mjs';

const root = join(import.meta.dirname, '..');
const jest = ['node', '--experimental-vm-modules', '--no-warnings=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
const steps = [
  ['format', 'biome', 'format'],
  ['lint', 'oxlint', '--deny-warnings'],
  ['build and types', 'tsc', '-b'],
  ['page', 'node', 'packages/view/scripts/bundle-page.mjs'],
  ['types of the page', 'tsc', '-p', 'packages/view/tsconfig.page.json'],
  ['types of the tests', 'tsc', '-p', 'tsconfig.test.json'],
  ['types of the tests with legacy decorators', 'tsc', '-p', 'tsconfig.test.legacy.json'],
  ['unused code and dependencies', 'knip'],
  ['packed packages', 'node', 'scripts/check-packages.mjs'],
  ['tests on OpenTelemetry 3.x, and examples', ...jest, '--testPathIgnorePatterns', '/node_modules/', '/test/e2e/'],
  ['end to end, with the real servers', ...jest, '--testPathPatterns', '/test/e2e/'],
  ['tests on OpenTelemetry 2.x', ...jest],
];

const missing = missingServers();
for (const { name, howToGet } of missing)
  console.log(`No ${name} here: end-to-end tests that need it are skipped. To get it, ${howToGet}.`);
if (areRequired && missing.length > 0) {
  console.error('\nOTEL_PERF_REQUIRE_SERVERS=1: all of them must be there.');
  process.exit(1);
}

for (const [name, command, ...args] of steps) {
  const startedAt = Date.now();
  console.log(`\n── ${name}`);
  const env = name.includes('2.x') ? { ...process.env, OTEL_LINE: '2' } : process.env;
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env, shell: process.platform === 'win32' });
  if (error) throw error;
  if (status !== 0) {
    console.error(`\n${name} failed`);
    process.exit(status ?? 1);
  }
  console.log(`   done in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
}
