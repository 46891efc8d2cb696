import { afterEach, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { getMetricsCollector } from '../../src/record/global-collector.ts';

const PACKAGE = join(import.meta.dirname, '../..');
const run = promisify(execFile);

describe('the collector of the process', () => {
  let copy: string | undefined;
  afterEach(() => {
    if (copy !== undefined) rmSync(copy, { recursive: true });
    copy = undefined;
  });

  test('is one', () => expect(getMetricsCollector()).toBe(getMetricsCollector()));

  test('is one even when two copies of the package are installed', async () => {
    copy = mkdtempSync(join(tmpdir(), 'otel-perf-copy-'));
    cpSync(join(PACKAGE, 'src'), join(copy, 'src'), { recursive: true });
    symlinkSync(join(PACKAGE, 'node_modules'), join(copy, 'node_modules'));
    const [ours, theirs] = [PACKAGE, copy].map((root) => JSON.stringify(pathToFileURL(join(root, 'src/index.ts')).href));
    const script = `
      import * as ours from ${ours};
      import * as theirs from ${theirs};
      theirs.getMetricsCollector().recordCounter('m', 1);
      ours.getMetricsCollector().recordCounter('m', 2);
      console.log(JSON.stringify({
        twoCopies: ours.CentralizedMetricsCollector !== theirs.CentralizedMetricsCollector,
        same: ours.getMetricsCollector() === theirs.getMetricsCollector(),
        total: ours.getMetricsCollector().getMetricStats('m').total,
      }));`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--no-warnings', '-e', script]);
    expect(JSON.parse(stdout)).toEqual({ twoCopies: true, same: true, total: 3 });
  });
});
