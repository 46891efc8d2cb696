import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { InstrumentType } from '@opentelemetry/sdk-metrics';
import { Catalogue } from '../../src/memory/catalogue.ts';
import { TextPages } from '../../src/text/pages.ts';
import { AGGREGATIONS, descriptor, gauge, histogram, Recording, textOf } from './recording.ts';

/** Prometheus' own readers, where they are installed; with CI=true they must be. */
const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
const withPromtool = hasPromtool || process.env['CI'] === 'true' ? test : test.skip;

const RESOURCE = { attributes: { 'service.name': 'shop', 'process.command_args': ['node', 'a\\b"c'] } };

/** Names with the linter's taste in mind. */
function recordAll(recording: Recording): void {
  const scope = { name: 'shop', version: '1.2' };
  const requests = descriptor('http.requests', { scope, description: 'Requests "served"' });
  recording.record(requests, 3, { 'http.route': '/cart' });
  recording.record(requests, 1, { 'http.route': '/"quoted"\\\n', 'http.response.status_code': 500 });
  const time = histogram('http.server.duration_seconds', { scope, unit: 's', description: 'Time to\nserve' });
  for (const value of [0.001, 0.2, 7]) recording.record(time, value, { 'http.route': '/cart', 'http-route': 'clash', '1st': true });
  const size = histogram('payload.size', { scope, unit: 'By', description: 'Size', aggregation: AGGREGATIONS.exponential });
  for (const value of [0, 10, 300, 90_000]) recording.record(size, value);
  recording.record(descriptor('pool.connections', { scope, description: 'Open', type: InstrumentType.UP_DOWN_COUNTER }), 4);
  recording.record(gauge('cache.hit_ratio', { scope, unit: '1', description: 'Hits in lookups' }), 0.97);
  recording.record(gauge('pool.connections', { description: 'Another kind' }), Infinity);
  recording.record(histogram('http.requests', { description: 'Same name, another kind' }), 1);
}

/** What clashes in OpenMetrics alone, and names that come to little. */
function recordClashes(recording: Recording): void {
  for (const name of ['http.requests', 'http.requests.created', 'payload.size_created', '時間', 'x y', 'target.info', 'target'])
    recording.record(gauge(name, { scope: { name: 'late' } }), 1);
  for (const name of ['', '時間', 'total', '_total', '1st', 'x y']) recording.record(descriptor(name, { scope: { name: 'late' } }), 1);
  recording.record(histogram('signed', { aggregation: { kind: 'histogram', boundaries: [-1, 1], recordMinMax: false } }), 1);
  recording.record(histogram('change', { type: InstrumentType.GAUGE }), -1);
}

describe.each(['specification', 'official'] as const)('naming: %s', (naming) => {
  withPromtool('promtool check metrics has no remark on the text, also after numbers have grown in their fields', () => {
    const recording = new Recording();
    recordAll(recording);
    const pages = new TextPages(new Catalogue(recording.arena), { naming, resource: RESOURCE });
    for (let round = 0; round < 2; round++) {
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: textOf(pages.chunks()), encoding: 'utf8' });
      expect({ status, output: stdout + stderr }).toEqual({ status: 0, output: '' });
      recordAll(recording);
    }
  });

  describe('openmetrics', () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'otel-perf-text-'));
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    withPromtool('is read by Prometheus', () => {
      const recording = new Recording();
      recordAll(recording);
      const pages = new TextPages(new Catalogue(recording.arena), {
        naming,
        format: 'openmetrics',
        resource: RESOURCE,
        appendTimestamp: true,
      });
      textOf(pages.chunks());
      recordClashes(recording);
      const file = join(folder, 'metrics');
      writeFileSync(file, textOf(pages.chunks()));
      // The one command of promtool that has the parser for OpenMetrics.
      const { status, stderr } = spawnSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', file, join(folder, 'tsdb')], {
        encoding: 'utf8',
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    });
  });
});

describe('openmetrics', () => {
  test('no name stands for two things, and names given before stay', () => {
    const recording = new Recording();
    recordAll(recording);
    const pages = new TextPages(new Catalogue(recording.arena), { format: 'openmetrics', resource: RESOURCE });
    const before = typesOf(textOf(pages.chunks()));
    recordClashes(recording);
    const text = textOf(pages.chunks());
    const types = typesOf(text);
    expect(types).toEqual(expect.objectContaining(before));
    expect(types).toMatchObject({
      target: 'info',
      http_requests: 'counter',
      http_requests_created_2: 'gauge',
      payload_size_created: 'gauge',
      target_2: 'gauge',
      target_info_2: 'gauge',
      total: 'unknown',
    });
    const taken = Object.entries(types).flatMap(([name, type]) => [name, ...SUFFIXES[type]!.map((suffix) => name + suffix)]);
    expect(new Set(taken).size).toBe(taken.length);
  });

  test('tells the unit where the name ends with it', () => {
    const recording = new Recording();
    recording.record(descriptor('cpu.time', { unit: 's' }), 1);
    recording.record(histogram('io', { unit: 'By/s' }), 1);
    recording.record(gauge('usage', { unit: '1' }), 1);
    recording.record(descriptor('tries', { unit: '{try}' }), 1);
    const unitsIn = (naming: 'specification' | 'official'): string[] =>
      textOf(new TextPages(new Catalogue(recording.arena), { format: 'openmetrics', naming }).chunks()).match(/^# UNIT .*/gm) ?? [];
    expect(unitsIn('specification')).toEqual([
      '# UNIT cpu_time_seconds seconds',
      '# UNIT io_bytes_per_second bytes_per_second',
      '# UNIT usage_ratio ratio',
    ]);
    expect(unitsIn('official')).toEqual([]);
  });

  test('has its content type', () => {
    const catalogue = new Catalogue(new Recording().arena);
    expect(new TextPages(catalogue, { format: 'openmetrics' }).contentType).toBe(
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    );
    expect(new TextPages(catalogue).contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  });
});

const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total', '_created'],
  gauge: [],
  histogram: ['_bucket', '_count', '_sum', '_created'],
  info: ['_info'],
  unknown: [],
};

function typesOf(text: string): Record<string, string> {
  return Object.fromEntries(Array.from(text.matchAll(/^# TYPE (\S+) (\S+)$/gm), ([, name, type]) => [name!, type!]));
}
