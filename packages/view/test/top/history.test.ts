import { expect, test } from '@jest/globals';
import { extend, TREND } from '../../src/top/history.ts';
import { counter, picture } from './series.ts';
import { historyOf } from './views.ts';

const only = (history: ReturnType<typeof historyOf>) => [...history.tracks.values()];

test('a series is known again whatever the order of its tags, and apart by source', () => {
  const history = historyOf(
    [counter('c', 1, { tags: { a: 'x', b: 'y' }, source: 'one' }), counter('c', 5, { tags: { a: 'x', b: 'y' }, source: 'two' })],
    [counter('c', 9, { tags: { b: 'y', a: 'x' }, source: 'two' }), counter('c', 3, { tags: { b: 'y', a: 'x' }, source: 'one' })],
  );
  expect(only(history).map(({ flow }) => flow.rate)).toEqual([2, 1]);
});

test('rates are over the time between the readings that succeeded', () => {
  const first = extend(undefined, { picture: picture([counter('c', 0)]), at: 10, tookSeconds: 0.1 });
  const second = extend(first, { picture: picture([counter('c', 60)]), at: 40, tookSeconds: 0.1 });
  expect(first.intervalSeconds).toBeUndefined();
  expect(second.intervalSeconds).toBe(30);
  expect(only(second)[0]!.flow.rate).toBe(2);
});

test('a series that is gone is forgotten, and begins anew', () => {
  expect(only(historyOf([counter('c', 1)], []))).toEqual([]);
  const [track] = only(historyOf([counter('c', 1)], [], [counter('c', 3)]));
  expect(track!.flow).toEqual({ of: 'start', value: 3 });
  expect(track!.trend).toHaveLength(1);
});

test('no more than the last flows are kept', () => {
  const history = historyOf(...Array.from({ length: TREND + 5 }, (_, i) => [counter('c', i * i)]));
  const { trend, flow } = only(history)[0]!;
  expect(trend).toHaveLength(TREND);
  expect(trend.at(-1)).toBe(flow);
  expect(trend[0]!.value).toBe(25);
});
