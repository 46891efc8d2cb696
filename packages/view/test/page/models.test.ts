import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { blockAt, piecesOf, talliesOf } from '../../src/page/client/model/blocks.ts';
import { pipelinesOf } from '../../src/page/client/model/pipelines.ts';
import { poolsOf, valueOf } from '../../src/page/client/model/pools.ts';
import { ofKind } from './pictures.ts';

describe('memory pools of a picture', () => {
  test.each([
    [
      'as we name them',
      'pool.type',
      'pool.name',
      ['memory_pool_used', 'memory_pool_size', 'memory_pool_allocations', 'memory_pool_failures'],
    ],
    [
      'as Prometheus does',
      'pool_type',
      'pool_name',
      ['memory_pool_used_bytes', 'memory_pool_size_bytes', 'memory_pool_allocations_total', 'memory_pool_failures_total'],
    ],
  ])('are found %s', (_case, type, name, [used, size, allocations, failures]) => {
    const tags = { [type]: 'kv_cache', [name]: 'kv' };
    const all = [
      ofKind('gauge', used!, tags, { last: 10 }),
      ofKind('gauge', size!, tags, { last: 100 }),
      ofKind('counter', allocations!, tags, { total: 7 }),
      ofKind('counter', failures!, { ...tags, reason: 'full' }, { total: 2 }),
      ofKind('counter', failures!, { ...tags, reason: 'fragmented' }, { total: 1 }),
      ofKind('gauge', used!, { [type]: 'kv_cache', [name]: 'other' }, { last: 20 }),
      ofKind('gauge', 'heap_used', tags, { last: 1 }),
    ];
    const [pool, other, ...rest] = poolsOf(all);
    expect([pool!.type, pool!.name, valueOf(pool!.used), valueOf(pool!.size), valueOf(pool!.allocations)]).toEqual([
      'kv_cache',
      'kv',
      10,
      100,
      7,
    ]);
    expect(pool!.failures.map(valueOf)).toEqual([2, 1]);
    expect([other!.name, valueOf(other!.used), other!.size]).toEqual(['other', 20, undefined]);
    expect(rest).toEqual([]);
  });

  test('of several processes are several', () => {
    const tags = { pool_type: 'kv_cache', pool_name: 'kv' };
    const all = ['a', 'b'].map((instance) => ofKind('gauge', 'memory_pool_used_bytes', { ...tags, instance }, { last: 1 }));
    expect(poolsOf(all)).toHaveLength(2);
  });
});

describe('pipelines of a picture', () => {
  const tags = { 'pipeline.name': 'ocr' };
  const stage = (name: string, metric: string, more = {}) => ofKind('gauge', metric, { ...tags, stage: name, ...more }, { last: 1 });

  test('have their stages in the order of the queues, with what is known of each', () => {
    const all = [
      stage('late', 'cpu_pipeline_stage_time'),
      stage('first', 'cpu_pipeline_queue_depth'),
      stage('second', 'cpu_pipeline_queue_depth'),
      stage('second', 'cpu_pipeline_stage_time', { 'error.type': 'RangeError' }),
      stage('second', 'cpu_pipeline_stage_time'),
      stage('second', 'cpu_pipeline_wait_time_seconds'),
      stage('second', 'cpu_pipeline_failed_items', { 'error.type': 'RangeError' }),
      ofKind('counter', 'cpu_pipeline_items', tags, { total: 12 }),
    ];
    const [pipeline, ...rest] = pipelinesOf(all);
    expect(rest).toEqual([]);
    expect(pipeline!.name).toBe('ocr');
    expect(valueOf(pipeline!.items)).toBe(12);
    expect(pipeline!.stages.map(({ name }) => name)).toEqual(['first', 'second', 'late']);
    const second = pipeline!.stages[1]!;
    expect([second.time, second.wait, second.depth]).toEqual([all[4], all[5], all[2]]);
    expect(second.failed).toEqual([all[6]]);
    expect(second.workers).toBeUndefined();
  });
});

describe('blocks of an arena', () => {
  const blocks = [
    { offset: 0, size: 60, state: 'live', id: 'a' },
    { offset: 60, size: 40, state: 'free' },
    { offset: 120, size: 80, state: 'live' },
  ] as const;

  test('are found by their place', () => {
    expect([0, 59, 60, 99, 100, 119, 120, 199, 200, -1].map((offset) => blockAt(blocks, offset))).toEqual([
      0,
      0,
      1,
      1,
      undefined,
      undefined,
      2,
      2,
      undefined,
      undefined,
    ]);
  });

  test('are counted by kind', () => {
    const tallies = talliesOf({ type: 't', name: 'n', size: 200, takenAt: 0, blocks });
    expect(tallies.map(({ kind, count, bytes }) => [kind, count, bytes])).toEqual([
      ['block', 1, 60],
      ['handle', 1, 80],
      ['cached', 0, 0],
      ['free', 1, 40],
    ]);
  });

  test('lie on all rows of the map that they reach', () => {
    expect([...piecesOf(blocks[2], 50)]).toEqual([
      { row: 2, from: 0.4, to: 1 },
      { row: 3, from: 0, to: 1 },
    ]);
    expect([...piecesOf(blocks[0], 50)]).toEqual([
      { row: 0, from: 0, to: 1 },
      { row: 1, from: 0, to: 0.2 },
    ]);
  });

  test('keep their length on the map, whatever a row holds', () => {
    const place = fc.nat(2 ** 31);
    fc.assert(
      fc.property(place, fc.integer({ min: 1, max: 2 ** 31 }), fc.integer({ min: 2 ** 24, max: 2 ** 32 }), (offset, size, arena) => {
        const pieces = [...piecesOf({ offset, size, state: 'free' }, arena / 16)];
        const length = pieces.reduce((sum, { from, to }) => sum + (to - from), 0);
        expect((length * arena) / 16 / size).toBeCloseTo(1, 3);
        expect(pieces.map(({ row }) => row)).toEqual(pieces.map((_, i) => pieces[0]!.row + i));
      }),
    );
  });
});
