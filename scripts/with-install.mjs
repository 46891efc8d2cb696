// Runs a package script after an install from the lock file, on a machine that may have nothing but Node and npm.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PNPM = 'pnpm@12.21.0';
const root = join(import.meta.dirname, '..');
const stamp = join(root, 'node_modules', '.otel-perf-installed');

const [script, ...args] = process.argv.slice(2);

/** What the install depends on: while it is unchanged the install is left out, and a second start is quick. */
function fingerprint() {
  const hash = createHash('sha256');
  const manifests = ['packages', 'examples', 'test']
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name, 'package.json')))
    .filter((path) => existsSync(join(root, path)));
  for (const path of ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', join('bench', 'package.json'), ...manifests.sort()]) {
    hash.update(path).update(readFileSync(join(root, path)));
  }
  return hash.digest('hex');
}

function pnpm(...pnpmArgs) {
  // npm hands its own settings on through the environment, where pnpm and the npm below it would warn about them.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_config_/i.test(name) || /registry|proxy|ca(file)?$|userconfig/i.test(name)),
  );
  const { status, error } = spawnSync('npx', ['--yes', PNPM, ...pnpmArgs], {
    cwd: root,
    stdio: 'inherit',
    env,
    shell: process.platform === 'win32',
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

const wanted = fingerprint();
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  pnpm('install', '--frozen-lockfile');
  writeFileSync(stamp, wanted);
}
pnpm('run', script, ...args);
