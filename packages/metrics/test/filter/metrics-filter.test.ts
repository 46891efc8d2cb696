import { describe, expect, test } from '@jest/globals';
import { judgeSeries } from '../../src/filter/event-filter.ts';
import { MetricsFilter } from '../../src/filter/metrics-filter.ts';
import { metric } from './metrics.ts';

const keeps = (filter: MetricsFilter, parts: Parameters<typeof metric>[0]) => filter.matches(metric(parts));

test('an empty filter keeps everything', () => expect(new MetricsFilter().apply([metric(), metric()])).toHaveLength(2));

test('calls chain, and a metric must meet all of them', () => {
  const filter = new MetricsFilter()
    .addNameFilter('request_*')
    .addTypeFilter('time')
    .addSourceFilter('api')
    .addTagFilter('route', '/users/*')
    .addTimeRangeFilter(999, 1001)
    .addPredicate(({ value }) => value < 10);
  const good = { tags: { route: '/users/7' } };
  expect(keeps(filter, good)).toBe(true);
  for (const bad of [
    { name: 'other' },
    { type: 'memory' },
    { source: 'apis' },
    { tags: {} },
    { timestamp: 1001.1 },
    { value: 10 },
  ] as const) {
    expect(keeps(filter, { ...good, ...bad })).toBe(false);
  }
});

test('apply keeps the order, and takes any iterable', () => {
  const metrics = [3, 1, 2].map((value) => metric({ value }));
  expect(new MetricsFilter().addPredicate(({ value }) => value > 1).apply(new Set(metrics))).toEqual([metrics[0], metrics[2]]);
});

describe('type filters', () => {
  test('take the word in any case', () => {
    expect(keeps(new MetricsFilter().addTypeFilter('TIME'), {})).toBe(true);
    expect(keeps(new MetricsFilter().addTypeFilter('Memory'), {})).toBe(false);
  });

  test('refuse a word that names no type', () => {
    expect(() => new MetricsFilter().addTypeFilter('times')).toThrow(new TypeError('type must be a metric type, not "times"'));
  });
});

describe('tag filters', () => {
  const tags = { route: '/users', status: 200, cached: false };

  test.each<[string, Parameters<MetricsFilter['addTagFilter']>[1], boolean]>([
    ['route', undefined, true],
    ['missing', undefined, false],
    ['toString', undefined, false],
    ['route', '/user?', true],
    ['route', '/USERS', false],
    ['status', 200, true],
    ['status', 404, false],
    ['status', '2*', true],
    ['cached', false, true],
    ['cached', true, false],
    ['cached', 'false', true],
    ['route', 200, false],
  ])('%p with %p: %p', (key, value, expected) => expect(keeps(new MetricsFilter().addTagFilter(key, value), { tags })).toBe(expected));
});

describe('time ranges', () => {
  test('include both ends, as Dates or Unix seconds', () => {
    for (const filter of [
      new MetricsFilter().addTimeRangeFilter(10, 20),
      new MetricsFilter().addTimeRangeFilter(new Date(10_000), new Date(20_000)),
    ]) {
      expect([9.999, 10, 20, 20.001].map((timestamp) => keeps(filter, { timestamp }))).toEqual([false, true, true, false]);
    }
  });

  test('take a Date as its whole millisecond: what was recorded just before new Date() is in the range', () => {
    const filter = new MetricsFilter().addTimeRangeFilter(new Date(10_000), new Date(20_000));
    expect([20.000001, 20.000999, 20.001].map((timestamp) => keeps(filter, { timestamp }))).toEqual([true, true, false]);
    const same = new MetricsFilter().addTimeRangeFilter(new Date(1_795_375_000_123), new Date(1_795_375_000_123));
    expect([1_795_375_000.122999, 1_795_375_000.123999].map((timestamp) => keeps(same, { timestamp }))).toEqual([false, true]);
    expect(keeps(new MetricsFilter().addTimeRangeFilter(10, 20), { timestamp: 20.000001 })).toBe(false);
  });

  test('refuse what is no time, and an end before the start', () => {
    expect(() => new MetricsFilter().addTimeRangeFilter(NaN, 1)).toThrow(/^start must be a Date or Unix seconds/);
    expect(() => new MetricsFilter().addTimeRangeFilter(1, new Date('nonsense'))).toThrow(/^end must be a Date or Unix seconds/);
    expect(() => new MetricsFilter().addTimeRangeFilter(2, 1)).toThrow(RangeError);
  });
});

test('an error of a predicate reaches the caller', () => {
  const filter = new MetricsFilter().addPredicate(() => {
    throw new Error('mine');
  });
  expect(() => filter.apply([metric()])).toThrow('mine');
});

describe('what a filter can say of a series before its events are read', () => {
  const traits = { name: 'request_time', type: 'time', source: 'api', tags: { route: '/' } } as const;

  test.each<[string, MetricsFilter | undefined, string]>([
    ['no filter', undefined, 'all'],
    ['a matching name', new MetricsFilter().addNameFilter('request*'), 'all'],
    ['another name', new MetricsFilter().addNameFilter('other'), 'none'],
    ['a matching name and a time', new MetricsFilter().addNameFilter('request*').addTimeRangeFilter(0, 1), 'each'],
    ['another name and a time', new MetricsFilter().addNameFilter('other').addTimeRangeFilter(0, 1), 'none'],
    ['not another name', new MetricsFilter().addNot(new MetricsFilter().addNameFilter('other')), 'all'],
    ['not a time', new MetricsFilter().addNot(new MetricsFilter().addTimeRangeFilter(0, 1)), 'each'],
    ['any of a name and a predicate', new MetricsFilter().addAny(new MetricsFilter().addNameFilter('other'), () => true), 'each'],
    ['any of nothing', new MetricsFilter().addAny(), 'none'],
  ])('%s', (_, filter, verdict) => expect(judgeSeries(filter, traits)).toBe(verdict));

  test('a predicate is asked for each event', () => expect(judgeSeries(() => false, traits)).toBe('each'));
});
