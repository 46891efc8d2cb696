import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { get_metrics_collector, MetricsFilter } from '../src/centralized_metrics_collector.ts';
import { expectCsv, expectExposition } from './exposition.ts';

const collector = get_metrics_collector();
let folder: string;

beforeEach(async () => {
  collector.clear_metrics();
  folder = await mkdtemp(join(tmpdir(), 'otel-perf-compat-'));
});

afterEach(() => rm(folder, { recursive: true }));

function record(): void {
  collector.record_metric('cpu_usage', 85, 'percentage', 'system, "monitor"', { core: 1, host: 'a' });
  collector.record_timing('query', 0.025, 'database');
  collector.record_counter('requests', 2, 'api');
}

describe('export_to_json', () => {
  test('writes an array of metrics, with the keys of Metric', async () => {
    record();
    const file = join(folder, 'metrics.json');
    await expect(collector.export_to_json(file)).resolves.toBeUndefined();
    const metrics: unknown = JSON.parse(await readFile(file, 'utf8'));
    expect(metrics).toEqual(collector.get_metrics().map((metric) => ({ ...metric })));
    expect(await readdir(folder)).toEqual(['metrics.json']);
  });

  test('writes an empty array when there is nothing', async () => {
    const file = join(folder, 'metrics.json');
    await collector.export_to_json(file);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual([]);
  });

  test('writes what the filter keeps', async () => {
    record();
    const file = join(folder, 'metrics.json');
    const names = async () => (JSON.parse(await readFile(file, 'utf8')) as { name: string }[]).map(({ name }) => name);
    await collector.export_to_json(file, ({ source }) => source === 'api');
    expect(await names()).toEqual(['requests']);
    await collector.export_to_json(file, new MetricsFilter().add_type_filter('time'));
    expect(await names()).toEqual(['query_time']);
  });

  test('rejects when the file cannot be written', async () => {
    await expect(collector.export_to_json(join(folder, 'missing', 'metrics.json'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});

describe('export_to_csv', () => {
  test('writes the documented header and tags as JSON', async () => {
    record();
    const file = join(folder, 'metrics.csv');
    await expect(collector.export_to_csv(file)).resolves.toBeUndefined();
    const text = await readFile(file, 'utf8');
    expect(expectCsv(text)).toBe(3);
    const [cpu, query] = collector.get_metrics();
    const [, first, second] = text.split('\r\n');
    expect(first).toBe(`cpu_usage,85,percentage,${cpu!.timestamp},"system, ""monitor""","{""core"":1,""host"":""a""}"`);
    expect(second).toBe(`query_time,0.025,time,${query!.timestamp},database,"{""operation"":""query""}"`);
  });

  test('writes what the filter keeps', async () => {
    record();
    const file = join(folder, 'metrics.csv');
    await collector.export_to_csv(file, ({ value }) => value > 1);
    expect(expectCsv(await readFile(file, 'utf8'))).toBe(2);
  });
});

describe('export_to_prometheus', () => {
  test('writes the text exposition format', async () => {
    record();
    collector.record_counter('requests', 3, 'api');
    const file = join(folder, 'metrics.prom');
    await expect(collector.export_to_prometheus(file)).resolves.toBeUndefined();
    const text = await readFile(file, 'utf8');
    expectExposition(text);
    expect(text).toMatch(/^requests_total\{.*\} 5$/m);
    expect(text).toMatch(/^query_time_seconds_count\{.*operation="query".*\} 1$/m);
    expect(text).toMatch(/^cpu_usage_percent\{.*core="1".*\} 85$/m);
  });

  test('writes what the filter keeps', async () => {
    record();
    const file = join(folder, 'metrics.prom');
    await collector.export_to_prometheus(file, ({ name }) => name === 'requests');
    const text = await readFile(file, 'utf8');
    expectExposition(text);
    expect(text).not.toContain('query_time');
  });
});
