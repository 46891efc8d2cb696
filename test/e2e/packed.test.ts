import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { entries, publicPackages } from './packed/packages.ts';
import { Project } from './packed/project.ts';

// Installs from the registry, and compiles four times.
jest.setTimeout(300_000);

const packages = await publicPackages();
const names = packages.map(({ name }) => name);

function builtFrom(source: string): string {
  return source.replace(/^src/, 'dist').replace(/\.ts$/, '');
}

let folder: string;
let project: Project;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'otel-perf-packed-'));
  project = await Project.create(folder, packages);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** What is built of sources that are not shipped. */
const bundles: Readonly<Record<string, readonly string[]>> = { '@otel-perf/view': ['dist/page/client.css', 'dist/page/client.js'] };

describe('what is installed', () => {
  test('leaves no dependency or peer unmet', () => project.checkTree());

  test.each(names)('of %s is its manifest, README, licence, sources and what was built of these', async (name) => {
    const files = await project.files(name);
    const sources = files.filter((file) => file.startsWith('src/'));
    const built = sources.flatMap((file) => ['.js', '.js.map', '.d.ts', '.d.ts.map'].map((extension) => builtFrom(file) + extension));
    expect(sources.every((file) => file.endsWith('.ts'))).toBe(true);
    expect(files.sort()).toEqual(['LICENSE', 'README.md', 'package.json', ...sources, ...built, ...(bundles[name] ?? [])].sort());
  });

  test.each(names)('of %s asks for released versions only', async (name) => {
    expect(JSON.stringify(await project.installedManifest(name))).not.toContain('workspace:');
  });
});

const imported = packages.flatMap((each) => entries(each).imported);
const preloaded = packages.flatMap((each) => entries(each).preloaded);

describe('from JavaScript', () => {
  test('every entry can be imported and required, and is the same either way', async () => {
    const modules = await project.run('load.mjs', ...imported);
    expect(Object.keys(modules as object)).toEqual(imported);
    expect(await project.run('load.cjs', ...imported)).toEqual(modules);
    expect(modules).toMatchObject({
      '@otel-perf/compat/timing_utilities': expect.arrayContaining(['Timer', 'time_function']),
      '@otel-perf/metrics': expect.arrayContaining(['getMetricsCollector', 'PerformanceMetricReader']),
      '@otel-perf/timing': expect.arrayContaining(['timeBlock', 'timeFunction']),
    });
  });

  test.each(preloaded)('%s can be preloaded', async (specifier) => {
    expect(await project.run('--no-warnings', '--import', specifier, 'load.mjs')).toEqual({});
  });

  test.each([
    ['an ES module', 'main.mjs'],
    ['CommonJS', 'main.cjs'],
  ])('%s times, records and reads', async (_kind, program) => {
    expect(await project.run(program)).toEqual({
      results: [3, 7, { id: '42' }, 'in a block', 5],
      metrics: [
        ['add_time', 'anonymous', 'time', 's', 2, {}],
        ['load_time', 'load', 'time', 's', 1, {}],
        ['block_time', 'time_block', 'time', 's', 1, {}],
        ['old_block_time', 'time_block', 'time', 's', 1, {}],
        ['database_query_time', 'database', 'time', 's', 0.75, { operation: 'database_query' }],
        ['requests', 'api', 'counter', '', 3, {}],
        ['cpu_usage', 'system', 'percentage', '%', 85, { host: 'a' }],
      ],
      window: { count: 2, total: 0.75, average: 0.375, min: 0.25, max: 0.5, std_dev: 0.125, last_value: 0.5 },
      monitor: { count: 1, total_time: 0.5, avg_time: 0.5, min_time: 0.5, max_time: 0.5, last_time: 0.5 },
    });
  });
});

const ofCompat = {
  results: ['42', 2, 5],
  average: 0.25,
  count: 3,
  recorded: {
    'Orders.load load_time': 1,
    'Orders.import import_time': 1,
    'Orders.import import_throughput': 'throughput',
    'Orders.import import_throughput_items': 2,
    'time_block block_time': 1,
    'database query_time query': 1,
    'system cpu_usage': 'percentage',
  },
};

// Beyond what the packages require: the packages of the user's own program, and the SDK whose options the types of @otel-perf/node name.
const OF_TYPESCRIPT_PROGRAMS = ['@types/node', 'reflect-metadata', '@opentelemetry/sdk-node'];

describe('from TypeScript', () => {
  beforeAll(() => project.install(OF_TYPESCRIPT_PROGRAMS));

  describe.each(['module', 'commonjs'] as const)('with "type": "%s"', (type) => {
    test('and standard decorators', async () => {
      const out = await project.compile('standard', type);
      expect(await project.run(join(out, 'standard.js'))).toEqual({
        results: [{ id: '42', price: 250 }, [0, 1, 2], 2, 'a', 1, 'RangeError: not today', 'block'],
        recorded: {
          'Orders.open open_time': 1,
          'Orders.discount set_discount_time': 1,
          'Orders.discount get_discount_time': 1,
          'Orders.toCents to_cents_time': 1,
          'Orders.#price price_time': 1,
          'Orders.load load_time 42': 1,
          'Orders.rows rows_time': 1,
          'Orders.rows rows_items': 3,
          'Orders.refuse refuse_time RangeError': 1,
          'Store.size store_size_time': 1,
          'Store.find store_find_time': 1,
          'Imports.run import_time': 1,
          'Imports.run import_cpu_user_time': 1,
          'Imports.run import_cpu_system_time': 1,
          'Imports.run import_cpu_percent': 'percentage',
          'time_block block_time': 1,
        },
      });
      expect(await project.run(join(out, 'compat.legacy.fixture.js'))).toEqual(ofCompat);
    });

    test('and experimental decorators with their metadata', async () => {
      const out = await project.compile('legacy', type);
      expect(await project.run(join(out, 'nest.legacy.fixture.js'))).toEqual({
        results: [{ id: '42', price: 250 }, 3, 'a', 'in a block', 'RangeError: not today'],
        metadata: { types: [['Prices'], ['String'], 'Promise'], paths: ['above', 'below'], param: 0 },
        recorded: {
          'Orders.open open_time': 1,
          'Orders.toCents to_cents_time': 1,
          'Orders.discount get_discount_time': 1,
          'Orders.load load_time 42': 1,
          'Orders.count count_time': 1,
          'Orders.count count_throughput': 'throughput',
          'Orders.count count_throughput_items': 3,
          'Orders.refuse refuse_time RangeError': 1,
          'Store.find store_find_time': 1,
          'time_block block_time': 1,
        },
      });
      expect(await project.run(join(out, 'compat.legacy.fixture.js'))).toEqual(ofCompat);
    });
  });
});
