import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Builds what the page runs, as the package's build does, so that no test runs on a stale one. */
export async function bundlePage(): Promise<void> {
  const script = join(import.meta.dirname, '../../scripts/bundle-page.mjs');
  await promisify(execFile)(process.execPath, [script], { timeout: 60_000 });
}
