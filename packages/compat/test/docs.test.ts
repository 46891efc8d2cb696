import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { transform } from '@swc/core';
import { codeBlocks, ROOT, type CodeBlock } from './code-blocks.ts';
import { expectCsv, expectExposition } from './exposition.ts';

const DOCUMENT = 'docs/performance-metrics-system.md';
const documented = codeBlocks(DOCUMENT);
const readmes = [
  'README.md',
  ...['compat', 'memory-pool', 'metrics', 'node', 'timing'].map((name) => `packages/${name}/README.md`),
].flatMap(codeBlocks);
const blocks = [...documented, ...readmes];

/** The Python examples of the document that this system was asked for, by section, and how many of them have their twin. */
const PYTHON_EXAMPLES = [
  { section: '1. Timing Utilities', examples: 1, twins: 1, translated: '1. Timing Utilities' },
  { section: '2. Centralized Metrics Collector', examples: 1, twins: 1, translated: '2. Centralised Metrics Collector' },
  { section: 'Memory Pooling System', examples: 1, twins: 1, translated: 'Memory Pooling System' },
  { section: 'Filtering Metrics', examples: 1, twins: 1, translated: 'Filtering Metrics' },
  { section: 'Custom Aggregation', examples: 1, twins: 1, translated: 'Custom Aggregation' },
];

/** The metrics that an example is there to record. */
const RECORDED: Record<string, string[]> = {
  '1. Timing Utilities': [
    'critical_section_time',
    'my_operation_time',
    'resource_intensive_func_cpu_percent',
    'resource_intensive_func_memory_delta',
    'resource_intensive_func_time',
  ],
  '2. Centralised Metrics Collector': ['api_requests', 'cpu_usage', 'database_query_time_time'],
  'Memory Pooling System': ['memory_pool_allocate_time', 'memory_pool_allocations', 'memory_pool_used'],
  'Use it': ['critical_section_time', 'load_order_time'],
};

/** Inside the package, so that bare imports find what it finds. */
let sources: string;

const PROBE = `
import { writeFileSync } from 'node:fs';
import { get_metrics_collector } from '@otel-perf/compat/centralized_metrics_collector';
process.on('exit', () => writeFileSync('recorded.json', JSON.stringify(Object.keys(get_metrics_collector().get_metric_stats()))));
`;

const TSCONFIG = { extends: join(ROOT, 'tsconfig.test.json'), compilerOptions: { noUnusedLocals: false }, include: ['*.ts'] };

beforeAll(async () => {
  sources = await mkdtemp(join(import.meta.dirname, '.generated-'));
  await writeFile(join(sources, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  await writeFile(join(sources, 'probe.js'), PROBE);
  await Promise.all(blocks.map(write));
});

afterAll(() => rm(sources, { recursive: true, force: true }));

async function write({ code, slug }: CodeBlock): Promise<void> {
  const { code: script } = await transform(code, {
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { decoratorVersion: '2022-03' },
    },
    module: { type: 'es6' },
    configFile: false,
    swcrc: false,
  });
  await writeFile(join(sources, `${slug}.ts`), code);
  await writeFile(join(sources, `${slug}.js`), script);
}

interface Ended {
  code: number;
  stderr: string;
}

function run(slug: string, cwd: string): Promise<Ended> {
  const args = ['--conditions=@otel-perf/source', '--import', join(sources, 'probe.js'), join(sources, `${slug}.js`)];
  return new Promise((resolve) => {
    const env = { ...process.env, NODE_OPTIONS: '', OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: '0' };
    execFile(process.execPath, args, { cwd, env, timeout: 30_000 }, (error, _stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stderr }),
    );
  });
}

async function expectFile(format: string, path: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  if (format === 'json') expect(JSON.parse(text)).not.toHaveLength(0);
  else if (format === 'csv') expect(expectCsv(text)).toBeGreaterThan(0);
  else expectExposition(text);
}

function exportsOf({ code }: CodeBlock): [format: string, file: string][] {
  const calls = code.matchAll(/export(?:_to_|To)(json|csv|prometheus)\('([^']+)'/gi);
  return Array.from(calls, ([, format, file]) => [format!.toLowerCase(), file!]);
}

describe('the examples of the documents', () => {
  test('are free of type errors', () => {
    const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', sources], { encoding: 'utf8' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  }, 60_000);

  test.each(blocks.map((block) => [block.place, block] as const))(
    '%s: runs, without a warning, and leaves what it promises',
    async (_place, block) => {
      const cwd = await mkdtemp(join(tmpdir(), 'otel-perf-docs-'));
      try {
        expect(await run(block.slug, cwd)).toEqual({ code: 0, stderr: '' });
        const recorded = JSON.parse(await readFile(join(cwd, 'recorded.json'), 'utf8')) as string[];
        expect(recorded).toEqual(expect.arrayContaining(RECORDED[block.section] ?? []));
        for (const [format, file] of exportsOf(block)) await expectFile(format, join(cwd, file));
      } finally {
        await rm(cwd, { recursive: true });
      }
    },
    60_000,
  );

  test('are all there: one for each Python example', () => {
    const twins = PYTHON_EXAMPLES.map(({ translated }) => documented.filter(({ section }) => section === translated).length);
    expect(twins).toEqual(PYTHON_EXAMPLES.map(({ twins }) => twins));
    expect(PYTHON_EXAMPLES.reduce((sum, { examples }) => sum + examples, 0)).toBe(5);
    expect(readmes).toHaveLength(10);
  });

  test('export in all three formats', () => {
    expect(documented.flatMap(exportsOf)).toEqual([
      ['json', 'metrics.json'],
      ['csv', 'metrics.csv'],
      ['prometheus', 'metrics.prom'],
    ]);
  });
});
