import { describe, expect, test } from '@jest/globals';
import type { SeriesPicture } from '../../src/model/picture.ts';
import { LiveHistory } from '../../src/page/client/live/history.ts';
import { documentOf } from '../../src/page/document/document-of.ts';
import { ofKind, picture, series } from './pictures.ts';

function historyOf(...readings: (readonly SeriesPicture[])[]): LiveHistory {
  const history = new LiveHistory();
  for (const [i, all] of readings.entries()) history.add(documentOf(picture(all, { takenAt: 100 + 2 * i })), 0);
  return history;
}

const gauge = (last: number): SeriesPicture => ofKind('gauge', 'g', {}, { last });
const counter = (total: number): SeriesPicture => ofKind('counter', 'c', {}, { total });

function latency(...counts: readonly number[]): SeriesPicture {
  const buckets = counts.map((count, i) => ({ lower: i, upper: i + 1, count }));
  return series('d', { kind: 'distribution', distribution: { count: counts.reduce((sum, each) => sum + each), buckets } });
}

describe('what a live page remembers', () => {
  test('is the value of a gauge, at the time of each picture', () => {
    const shown = historyOf([gauge(1)], [gauge(5)], [gauge(3)]).of(gauge(3));
    expect([shown.times, shown.lines]).toEqual([[100, 102, 104], [{ label: 'value', values: [1, 5, 3] }]]);
  });

  test('is the rate of a counter, which may start again', () => {
    const shown = historyOf([counter(10)], [counter(14)], [counter(6)]).of(counter(6));
    expect([shown.times, shown.lines]).toEqual([[102, 104], [{ label: 'per second', values: [2, 3] }]]);
  });

  test('is the percentiles of what came in between, not of all', () => {
    const shown = historyOf([latency(1000, 0)], [latency(1000, 10)]).of(latency(1000, 10));
    expect(shown.times).toEqual([102]);
    expect(shown.lines.map(({ label, values }) => [label, values[0]])).toEqual([
      ['p50', 1.5],
      ['p95', expect.closeTo(1.95, 9)],
      ['p99', expect.closeTo(1.99, 9)],
    ]);
  });

  test('begins anew with a series that was away, and counts no picture twice', () => {
    const history = historyOf([gauge(1)], [], [gauge(2)]);
    history.add(documentOf(picture([gauge(2)], { takenAt: 104 })), 0);
    expect(history.of(gauge(2)).times).toEqual([104]);
  });

  test('takes the time of its own clock where the picture has none', () => {
    const history = new LiveHistory();
    history.add(documentOf(picture([gauge(1)], { takenAt: NaN })), 55);
    expect(history.of(gauge(1)).times).toEqual([55]);
  });

  test('is no more than the last 300 pictures', () => {
    const shown = historyOf(...Array.from({ length: 400 }, (_, i) => [gauge(i)])).of(gauge(0));
    expect([shown.times.length, shown.lines[0]!.values[0], shown.lines[0]!.values.at(-1)]).toEqual([300, 100, 399]);
  });
});
