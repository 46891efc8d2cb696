// Packs each public package and checks what a user would install.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const packages = join(import.meta.dirname, '..', 'packages');
const out = mkdtempSync(join(tmpdir(), 'otel-perf-pack-'));

function run(cwd, command, ...args) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} failed for ${cwd}`);
}

try {
  for (const name of readdirSync(packages)) {
    const folder = join(packages, name);
    if (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).private) continue;
    const before = new Set(readdirSync(out));
    run(folder, 'pnpm', 'pack', '--silent', '--pack-destination', out);
    const tarball = join(
      out,
      readdirSync(out).find((file) => !before.has(file)),
    );
    run(folder, 'publint', '--strict', tarball);
    // ESM only: CommonJS reaches it by require(esm), which Node has in all versions that the engines field allows.
    run(folder, 'attw', '--quiet', '--profile', 'esm-only', tarball);
  }
} finally {
  rmSync(out, { recursive: true });
}
