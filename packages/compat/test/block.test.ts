import { beforeEach, describe, expect, test } from '@jest/globals';
import { get_metrics_collector } from '../src/centralized_metrics_collector.ts';
import { time_block, TimingResult } from '../src/timing_utilities.ts';
import { recorded, values } from './recorded.ts';

const collector = get_metrics_collector();

beforeEach(() => collector.clear_metrics());

describe('time_block', () => {
  test('with using is a timer, and records <operation>_time at the end of the scope', () => {
    let seen;
    {
      using block = time_block('section', { collect_metrics: true, metadata: { user: 1 } });
      seen = block;
      expect(block).toMatchObject({ operation_name: 'section', metadata: { user: 1 }, end_time: null, elapsed_time: null, result: null });
      expect(block.start_time).toEqual(expect.any(Number));
      expect(recorded()).toEqual([]);
    }
    expect(recorded()).toEqual([['section_time', 'time', 'time_block']]);
    expect(values('section_time')).toEqual([seen.elapsed_time]);
    expect(seen.result).toEqual(new TimingResult(seen.elapsed_time!, seen.start_time, seen.end_time!, 'section', { user: 1 }));
  });

  test('around a function returns its result', () => {
    expect(time_block('section', {}, () => 42)).toBe(42);
    expect(time_block('section', undefined, () => 43)).toBe(43);
    expect(recorded()).toEqual([
      ['section_time', 'time', 'time_block'],
      ['section_time', 'time', 'time_block'],
    ]);
  });

  test('around an async function lasts until it is done', async () => {
    let finish = () => {};
    const result = time_block('section', {}, async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      return 42;
    });
    expect(recorded()).toEqual([]);
    finish();
    expect(await result).toBe(42);
    expect(recorded()).toHaveLength(1);
  });

  test('lets errors through, and records the block', () => {
    const error = new TypeError('failed');
    const fail = (): never => {
      throw error;
    };
    expect(() => time_block('section', {}, fail)).toThrow(error);
    expect(() => {
      using block = time_block('scope');
      block.fail(error);
      fail();
    }).toThrow(error);
    expect(collector.get_metrics().map(({ name, tags }) => [name, tags])).toEqual([
      ['section_time', { 'error.type': 'TypeError' }],
      ['scope_time', { 'error.type': 'TypeError' }],
    ]);
  });

  test('ends once', () => {
    using block = time_block('section');
    expect(block.stop()).toBe(block.elapsed_time);
    block.stop();
    block[Symbol.dispose]();
    expect(recorded()).toHaveLength(1);
  });

  test('with collect_metrics: false times and records nothing', () => {
    let seen;
    {
      using block = time_block('section', { collect_metrics: false });
      seen = block;
    }
    expect(seen.elapsed_time).toEqual(expect.any(Number));
    expect(time_block('section', { collect_metrics: false }, () => 42)).toBe(42);
    expect(recorded()).toEqual([]);
  });
});
