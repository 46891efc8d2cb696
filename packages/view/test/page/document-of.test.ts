import { describe, expect, test } from '@jest/globals';
import { documentOf } from '../../src/page/document/document-of.ts';
import { picture, series } from './pictures.ts';

function events(count: number): { times: Float64Array; values: Float64Array } {
  return { times: Float64Array.from({ length: count }, (_, i) => i), values: Float64Array.from({ length: count }, (_, i) => i % 17) };
}

describe('the document of a picture', () => {
  test('has its series and figures as they are', () => {
    const figures = { count: 2, p95: 0.1 + 0.2, last: NaN, exactPercentiles: true };
    const given = series('a', { figures, tags: { n: 1, b: true, s: 'x' }, unit: 's', kind: 'distribution' });
    expect(documentOf(picture([given], { problems: ['line 1'] }))).toEqual({
      from: 'metrics.json',
      takenAt: 1_700_000_000,
      series: [given],
      problems: ['line 1'],
      arenas: [],
    });
  });

  test('counts all events, and thins them out over time where they are many', () => {
    const [shown] = documentOf(picture([series('a', { events: events(10_000) })])).series;
    expect(shown!.histogram!.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
    expect(shown!.points!.of).toBe(10_000);
    expect(shown!.points!.times.length).toBeLessThanOrEqual(2000);
    expect(shown).not.toHaveProperty('events');
  });

  test('keeps a page of many series in bounds', () => {
    const one = events(500);
    const all = Array.from({ length: 4000 }, (_, i) => series(`a${i}`, { events: one }));
    const points = documentOf(picture(all)).series.reduce((sum, { points }) => sum + points!.times.length, 0);
    expect(points).toBeLessThanOrEqual(400_000);
  });

  test('leaves out empty buckets on either side, not those between', () => {
    const bucket = (upper: number, count: number) => ({ lower: upper - 1, upper, count });
    const buckets = [0, 0, 3, 0, 1, 0].map((count, i) => bucket(i, count));
    const distribution = { count: 4, sum: 9, buckets };
    const [shown, empty] = documentOf(
      picture([series('a', { distribution }), series('b', { distribution: { count: 0, buckets: [bucket(1, 0)] } })]),
    ).series;
    expect(shown!.distribution).toEqual({ count: 4, sum: 9, buckets: buckets.slice(2, 5) });
    expect(empty!.distribution!.buckets).toEqual([]);
  });
});
