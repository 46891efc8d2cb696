import { describe, expect, test } from '@jest/globals';
import { counter, gauge, histogram } from './series.ts';
import { bodyOf, historyOf } from './views.ts';

const bounds = [0.01, 0.02, 0.04];
const time = (name: string, counts: readonly number[], tags: Record<string, string> = {}) =>
  histogram(`${name}_seconds`, bounds, counts, { unit: 's', tags });

const cells = (line: string) => line.trim().split(/ {2,}/);

describe('operations', () => {
  const first = [time('load', [100, 0, 0, 0]), time('save', [0, 0, 0, 0])];
  const second = [time('load', [100, 10, 0, 0]), time('save', [0, 0, 4, 0], { to: 'disk' }), time('save', [0, 0, 40, 0])];

  test('have rates and percentiles of the interval, and all that was counted', () => {
    expect(bodyOf(historyOf(first, second), { columns: 90 })).toEqual([
      'Operations (3)                    rate▼      p50      p95      p99    count  rate lately',
      'save_seconds                       20/s    30 ms    39 ms  39.8 ms       40              █',
      'load_seconds                        5/s    15 ms  19.5 ms  19.9 ms      110              █',
      '*save_seconds{to="disk"}              –    30 ms    39 ms  39.8 ms        4',
    ]);
  });

  test('have figures since the start after one reading, and say so', () => {
    expect(bodyOf(historyOf([time('load', [0, 100, 0, 0])])).map(cells)).toEqual([
      ['Operations (1)', 'rate▼', 'p50', 'p95', 'p99', 'count', 'rate lately'],
      ['*load_seconds', '–', '15 ms', '19.5 ms', '19.9 ms', '100'],
    ]);
  });

  test.each([
    ['p95', ['save_seconds{to="disk"}', 'save_seconds', 'load_seconds']],
    ['total', ['load_seconds', 'save_seconds', 'save_seconds{to="disk"}']],
    ['name', ['load_seconds', 'save_seconds{to="disk"}', 'save_seconds']],
  ] as const)('are ordered by %s', (sort, names) => {
    const lines = bodyOf(historyOf([...first], second), { state: { sort } });
    expect(lines.slice(1, 4).map((line) => line.split(' ')[0]!.replace('*', ''))).toEqual(names);
    expect(lines[0]).toContain(sort === 'name' ? 'Operations (3)▲' : `${sort === 'total' ? 'count' : sort}▼`);
  });

  test.each([
    [140, ['save_stage_time_seconds{pipeline="ocr",stage="recognise"}', '*save_stage_time_seconds{pipeline="ocr",stage="text"}']],
    [124, ['save_stage_time_seconds{stage="recognise",…}', '*save_stage_time_seconds{stage="text",…}']],
    [100, ['save_stage_time{stage="recognise"}', '*save_stage_time{stage="text"}']],
    [80, ['…tage_time{stage="recognise"}', '*…ve_stage_time{stage="text"}']],
  ])('keep what tells them apart in %i columns', (columns, names) => {
    const stage = (name: string) => time('save_stage_time', [0, 10, 0, 0], { pipeline: 'ocr', stage: name });
    const lines = bodyOf(historyOf([stage('recognise')], [stage('recognise'), stage('text')]), {
      columns,
    });
    expect(lines.slice(1, 3).map((line) => line.split(' ')[0])).toEqual(names);
  });

  test('show how the percentile went that they are ordered by', () => {
    const lines = bodyOf(historyOf(first, second), { state: { sort: 'p95' } });
    expect(lines[0]).toMatch(/p95 lately$/);
  });
});

test('counters have what they grew by a second, in their unit', () => {
  const history = historyOf(
    [counter('sent_bytes_total', 0, { unit: 'By' }), counter('hits_total', 5)],
    [counter('sent_bytes_total', 4096, { unit: 'By' }), counter('hits_total', 4)],
  );
  expect(bodyOf(history).map(cells)).toEqual([
    ['Counters (2)', 'rate▼', 'total', 'rate lately'],
    ['sent_bytes_total', '2 KiB/s', '4 KiB', '█'],
    ['hits_total', '2/s', '4', '█'],
  ]);
});

test('gauges have their values, by name', () => {
  const history = historyOf([gauge('b', 7), gauge('a_bytes', 2 ** 20, { unit: 'By' }), gauge('c', NaN)]);
  expect(bodyOf(history).map(cells)).toEqual([
    ['Gauges (3)▲', 'value', 'lately'],
    ['a_bytes', '1 MiB', '█'],
    ['b', '7', '█'],
    ['c', '–'],
  ]);
});

describe('memory pools', () => {
  const tags = { pool_type: 'tensor', pool_name: 'input' };
  const of = (failures: number) => [
    gauge('memory_pool_size_bytes', 64 * 2 ** 20, { unit: 'By', tags }),
    gauge('memory_pool_used_bytes', 16 * 2 ** 20, { unit: 'By', tags }),
    gauge('memory_pool_largest_free_bytes', 12 * 2 ** 20, { unit: 'By', tags }),
    gauge('memory_pool_fragmentation_ratio', 0.75, { unit: '1', tags }),
    counter('memory_pool_failures_total', failures, { tags: { ...tags, reason: 'full' } }),
    counter('memory_pool_failures_total', 3, { tags: { ...tags, reason: 'size' } }),
    gauge('memory_pool_used_bytes', 5, { unit: 'By', tags: { pool_type: 'kv', pool_name: 'cache' } }),
  ];

  test('have a line each with how full they are, what is free in one piece and what was refused', () => {
    const lines = bodyOf(historyOf(of(1), of(7)), { columns: 110 });
    const at = lines.findIndex((line) => line.startsWith('Memory pools (2)'));
    expect(cells(lines[at]!)).toEqual(['Memory pools (2)', 'used', 'of', 'share', 'largest free', 'fragm.', 'failures', 'used of size']);
    expect(cells(lines[at + 1]!).slice(0, 7)).toEqual(['tensor/input', '16 MiB', '64 MiB', '25 %', '12 MiB', '0.75', '10 +3/s']);
    expect(lines[at + 1]).toMatch(/\[█+[▏▎▍▌▋▊▉]? +\]$/);
    expect(cells(lines[at + 2]!).slice(0, 7)).toEqual(['kv/cache', '5 B', '–', '–', '–', '–', '–']);
  });

  test('are whole where the filter lets one of their series through', () => {
    const lines = bodyOf(historyOf(of(1), of(7)), { columns: 110, state: { filter: 'memory_pool_size*' } });
    expect(lines.filter((line) => line.startsWith('tensor/input'))[0]).toContain('16 MiB');
    expect(lines.some((line) => line.startsWith('kv/cache'))).toBe(false);
  });

  test('are found under the names of our own exports too', () => {
    const own = { 'pool.type': 'tensor', 'pool.name': 'x' };
    const history = historyOf([
      gauge('memory_pool_size', 8, { unit: 'By', tags: own }),
      gauge('memory_pool_used', 2, { unit: 'By', tags: own }),
    ]);
    expect(bodyOf(history).find((line) => line.startsWith('tensor/x'))).toMatch(/2 B +8 B +25 %/);
  });
});

describe('pipelines', () => {
  const tags = { pipeline_name: 'ocr' };
  const stage = (name: string, depth: number, calls: number) => {
    const own = { tags: { ...tags, stage: name } };
    return [
      gauge('cpu_pipeline_queue_depth', depth, own),
      gauge('cpu_pipeline_workers', 2, own),
      time('cpu_pipeline_stage_time', [0, calls, 0, 0], own.tags),
      time('cpu_pipeline_wait_time', [calls, 0, 0, 0], own.tags),
    ];
  };
  const at = (n: number) => [
    ...stage('decode', 3, n * 20),
    ...stage('infer', 40, n * 4),
    gauge('cpu_pipeline_batch_size', 8, { tags: { ...tags, stage: 'infer' } }),
    time('cpu_pipeline_stage_time', [0, 0, n * 2, 0], { ...tags, stage: 'infer', error_type: 'Error' }),
    counter('cpu_pipeline_failed_items_total', n * 2, { tags: { ...tags, stage: 'infer', error_type: 'Error' } }),
    counter('cpu_pipeline_items_total', n * 20, { tags }),
    time('cpu_pipeline_time', [0, 0, n * 10, 0], tags),
  ];

  test('have a line each and one for each of their stages, in their order', () => {
    const lines = bodyOf(historyOf(at(1), at(2)), { columns: 160 });
    const from = lines.findIndex((line) => line.startsWith('Pipelines (1)'));
    expect(lines.slice(from, from + 4).map((line) => cells(line).slice(0, 10))).toEqual([
      ['Pipelines (1)', 'queue', 'wait p50', 'wait p95', 'time p50', 'time p95', 'batch', 'workers', 'rate', 'failed'],
      ['ocr', '–', '–', '–', '30 ms', '39 ms', '–', '–', '10 items/s', '4 +1/s'],
      ['decode', '3', '5 ms', '9.5 ms', '15 ms', '19.5 ms', '–', '2', '10 calls/s', '0'],
      ['infer', '40', '5 ms', '9.5 ms', '15 ms', '19.5 ms', '8', '2', '3 calls/s', '4 +1/s'],
    ]);
  });

  test('are apart where other labels differ', () => {
    const of = (instance: string) => counter('cpu_pipeline_items_total', 1, { tags: { ...tags, instance } });
    expect(bodyOf(historyOf([of('a'), of('b')])).some((line) => line.startsWith('Pipelines (2)'))).toBe(true);
  });
});
