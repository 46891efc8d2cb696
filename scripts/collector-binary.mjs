// Where the Collector of otel-collector/ is built, and whether it is.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const folder = join(import.meta.dirname, '..', 'otel-collector');
export const buildFolder = join(folder, '.build');
export const manifest = join(folder, 'builder.yaml');
/** Says for which manifest the binary was built. */
export const stamp = join(buildFolder, 'built-for');

const exe = process.platform === 'win32' ? '.exe' : '';
export const builder = join(buildFolder, 'bin', `builder${exe}`);
export const binary = join(buildFolder, 'otelcol', `otelcol-otel-perf${exe}`);

export function fingerprint() {
  return createHash('sha256').update(readFileSync(manifest)).digest('hex');
}

/** Whether the binary is there, and of the manifest as it is now. */
export function isBuilt() {
  return existsSync(binary) && existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint();
}
