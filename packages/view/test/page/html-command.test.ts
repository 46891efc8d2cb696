import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bundlePage } from './bundle.ts';

const COMMAND = pathToFileURL(join(import.meta.dirname, '../../src/cli/html.ts')).href;
const PROMETHEUS = `# TYPE requests counter
requests_total{route="/a"} 12
# TYPE heap gauge
heap 1.5
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otel-perf-html-'));
  await writeFile(join(folder, 'metrics.prom'), PROMETHEUS);
  await bundlePage();
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command in a process of its own, in the folder. */
function html(...args: readonly string[]): Promise<Ended> {
  const program = `import { runHtml } from ${JSON.stringify(COMMAND)}; process.exitCode = await runHtml(process.argv.slice(1));`;
  const own = ['--conditions=@otel-perf/source', '--no-warnings', '--input-type=module', '--eval', program, '--', ...args];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, own, { cwd: folder, timeout: 60_000 }, (_error, stdout, stderr) =>
      resolve({ status: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

describe('otel-perf html', () => {
  test('writes a page of what it read', async () => {
    expect(await html('metrics.prom', '-o', 'out.html', '--title', 'Mine')).toEqual({
      status: 0,
      stdout: 'Wrote out.html: 2 series\n',
      stderr: '',
    });
    const page = await readFile(join(folder, 'out.html'), 'utf8');
    expect(page).toContain('<title>Mine</title>');
    expect(page).toContain('"total":12');
  });

  test('writes report.html by default, and to the standard output where that is wanted', async () => {
    expect((await html('metrics.prom')).stdout).toContain('report.html');
    const page = await readFile(join(folder, 'report.html'), 'utf8');
    expect((await html('metrics.prom', '-o', '-')).stdout).toBe(page);
  });

  test('takes snapshots of memory pools with it', async () => {
    const snapshot = { type: 't', name: 'the pool', size: 8, takenAt: 1, blocks: [{ offset: 0, size: 8, state: 'free' }] };
    await writeFile(join(folder, 'snapshot.json'), JSON.stringify(snapshot));
    expect((await html('metrics.prom', '--arenas', 'snapshot.json')).status).toBe(0);
    expect(await readFile(join(folder, 'report.html'), 'utf8')).toContain('"name":"the pool"');
    await writeFile(join(folder, 'snapshot.json'), '{}');
    expect(await html('metrics.prom', '--arenas', 'snapshot.json')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('snapshot.json'),
    });
  });

  test.each([
    [['none.json'], 'none.json cannot be read'],
    [['metrics.prom', '-o', 'no/such/folder.html'], 'ENOENT'],
    [[], 'which file or URL?'],
    [['a', 'b'], 'one file or URL, not 2'],
    [['metrics.prom', '--wrong'], '--wrong'],
    [['metrics.prom', '-o', ''], '--output must name a file'],
  ])('ends with 2 for %j', async (args, reason) => {
    expect(await html(...args)).toMatchObject({ status: 2, stdout: '', stderr: expect.stringContaining(reason) });
  });

  test('tells how it is used', async () => {
    expect(await html('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining('otel-perf html FILE|URL') });
  });
});
