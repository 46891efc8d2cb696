import { describe, expect, test } from '@jest/globals';
import type { SeriesPicture } from '../../src/model/picture.ts';
import { diffOf } from '../../src/report/diff/diff.ts';
import { changeOf } from '../../src/report/diff/judge.ts';
import { events, picture, spread, told } from './pictures.ts';

function results(before: readonly SeriesPicture[], after: readonly SeriesPicture[]): [string, string][] {
  return diffOf(picture(before), picture(after), () => true).changes.map(({ after: { name }, result }) => [name, result]);
}

const one = (before: SeriesPicture, after: SeriesPicture): string => results([before], [after])[0]![1];

describe('what changed', () => {
  test('is told where intervals lie apart: slower, faster, and for what is no time higher, lower', () => {
    const [low, high] = [spread(200, 1, 0.2), spread(200, 1.5, 0.2)];
    expect(one(events('a', low), events('a', high))).toBe('slower');
    expect(one(events('a', high), events('a', low))).toBe('faster');
    const size = { unit: 'By', type: 'memory', kind: 'gauge' } as const;
    expect(one(events('a', low, size), events('a', high, size))).toBe('higher');
    expect(one(events('a', high, size), events('a', low, size))).toBe('lower');
  });

  test('is told of the tail alone, with samples enough', () => {
    const steady = (count: number, slow: number): number[] =>
      Array.from({ length: count }, (_, i) => (i % 100 < slow ? 5 : 1) + (i % 7) / 100);
    expect(one(events('a', steady(1000, 2)), events('a', steady(1000, 12)))).toBe('slower');
    expect(one(events('a', steady(100, 2)), events('a', steady(100, 12)))).toBe('unclear');
  });

  test('may be mixed', () => {
    const narrow = spread(500, 1, 0.1);
    const wide = [...spread(250, 0.4, 0.1), ...spread(250, 2, 0.1)].map((value, i) => (i % 10 === 0 ? 9 : value > 1 ? value - 1.5 : value));
    expect(one(events('a', narrow), events('a', wide))).toBe('mixed');
  });

  test('is nothing with few samples, however large the change', () => {
    expect(one(events('a', spread(7, 1, 0.1)), events('a', spread(1000, 100, 0.1)))).toBe('too few samples');
    expect(one(events('a', spread(8, 1, 0.1)), events('a', spread(8, 100, 0.1)))).toBe('slower');
  });

  test('is nothing that chance explains, nor less than a hundredth', () => {
    expect(one(events('a', spread(50, 1, 1)), events('a', spread(50, 1.1, 1)))).toBe('unclear');
    expect(one(events('a', spread(5000, 1, 0.001)), events('a', spread(5000, 1.005, 0.001)))).toBe('unclear');
    expect(one(events('a', spread(5000, 1, 0.001)), events('a', spread(5000, 1.02, 0.001)))).toBe('slower');
  });

  test('of buckets is told where it leaves a bucket', () => {
    const histogram = (counts: readonly number[]): SeriesPicture => {
      const bounds = [-Infinity, 1, 2, 5, Infinity];
      const buckets = counts.map((count, i) => ({ lower: bounds[i]!, upper: bounds[i + 1]!, count }));
      const count = counts.reduce((sum, each) => sum + each, 0);
      return { ...told('a', { count, p50: 1, p95: 2 }, { kind: 'distribution', unit: 's' }), distribution: { count, buckets } };
    };
    expect(one(histogram([0, 1000, 0, 0]), histogram([0, 0, 1000, 0]))).toBe('unclear');
    const [before, after] = [histogram([1000, 0, 0, 0]), histogram([0, 0, 1000, 0])];
    expect(one(before, { ...after, figures: { ...after.figures, p50: 3, p95: 4 } })).toBe('slower');
    expect(one(histogram([3, 0, 0, 0]), { ...after, figures: { ...after.figures, p50: 3, p95: 4 } })).toBe('too few samples');
  });

  test('is not judged where there are no samples, another unit, or increments of a counter', () => {
    expect(one(told('a', { last: 1 }), told('a', { last: 2 }))).toBe('not judged');
    expect(one(events('a', spread(99, 1, 1)), events('a', spread(99, 9, 1), { unit: 'ms' }))).toBe('not judged');
    const counter = { type: 'counter', kind: 'counter', unit: '' } as const;
    expect(one(events('a', spread(99, 1, 1), counter), events('a', spread(99, 9, 1), counter))).toBe('not judged');
  });

  test('comes with what got slower first, by the size of the change', () => {
    const at = (name: string, least: number): SeriesPicture => events(name, spread(200, least, 0.1));
    const few = (name: string): SeriesPicture => events(name, [1, 2]);
    const before = [few('few'), told('gauge', { last: 1 }), at('faster', 1), at('same', 1), at('slow', 1), at('slowest', 1), at('went', 1)];
    const after = [
      few('few'),
      told('gauge', { last: 2 }),
      at('faster', 0.5),
      at('same', 1),
      at('slow', 1.5),
      at('slowest', 3),
      at('came', 1),
    ];
    expect(results(before, after)).toEqual([
      ['slowest', 'slower'],
      ['slow', 'slower'],
      ['faster', 'faster'],
      ['same', 'unclear'],
      ['few', 'too few samples'],
      ['gauge', 'not judged'],
    ]);
    const { came, went } = diffOf(picture(before), picture(after), () => true);
    expect([came, went].map((all) => all.map(({ name }) => name))).toEqual([['came'], ['went']]);
  });

  test('is of the same name, source and tags, in any order and spelling', () => {
    const series = (tags: SeriesPicture['tags'], source = 'app'): SeriesPicture => told('a', { last: 1 }, { tags, source });
    const { changes, came, went } = diffOf(picture([series({ a: 1, b: true })]), picture([series({ b: 'true', a: '1' })]), () => true);
    expect([changes.length, came.length, went.length]).toEqual([1, 0, 0]);
    const other = diffOf(picture([series({ a: 1 })]), picture([series({ a: 2 }), series({ a: 1 }, 'else')]), () => true);
    expect([other.changes.length, other.came.length, other.went.length]).toEqual([0, 2, 1]);
  });
});

test.each([
  [2, 3, 0.5],
  [2, 1, -0.5],
  [-2, -1, 0.5],
  [0, 0, 0],
  [0, 1, undefined],
  [undefined, 1, undefined],
  [1, undefined, undefined],
])('from %p to %p is a change of %p', (before, after, change) => {
  expect(changeOf(before, after)).toBe(change);
});
