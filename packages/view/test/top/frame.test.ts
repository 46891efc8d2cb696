import { describe, expect, test } from '@jest/globals';
import { counter, gauge, histogram, picture } from './series.ts';
import { frame, historyOf, newState, textsOf } from './views.ts';

const many = (n: number) => Array.from({ length: n }, (_, i) => counter(`c${String(i).padStart(4, '0')}`, i));
const history = historyOf(many(50), many(50));

describe('the header', () => {
  test('has the URL, the time, and what the figures are of', () => {
    expect(textsOf(frame(history)).slice(0, 2)).toEqual([
      'otel-perf top http://127.0.0.1:9464/metrics                                  2026-01-01 12:00:00 UTC',
      'of the last 2 s · 50 series · scrape 4 ms · every 2 s',
    ]);
    expect(textsOf(frame(history, { columns: 50 }))[0]).toBe('http://127.0.0.1:9464/metrics         12:00:00 UTC');
  });

  test('says that figures are since the start after one reading', () => {
    expect(textsOf(frame(historyOf(many(1))))[1]).toBe('since the start, rates to come · 1 series · scrape 4 ms · every 2 s');
  });

  test('tells of scrapes that failed, beside the last figures', () => {
    const failure = { message: 'http://127.0.0.1:9464/metrics cannot be read: no', tries: 3, since: 94 };
    const texts = textsOf(frame(history, { link: { failure } }));
    expect(texts[2]).toBe('error: 3 scrapes failed in 6 s: cannot be read: no');
    expect(texts[3]).toMatch(/^Counters \(50\)/);
    expect(textsOf(frame(undefined, { link: { failure } })).slice(1, 4)).toEqual(['no figures yet', texts[2], '']);
  });

  test('tells of an answer that does not come', () => {
    expect(textsOf(frame(history, { link: { askedAt: 95 } }))[1]).toMatch(/^waiting for an answer: 5 s · of the last 2 s/);
    expect(textsOf(frame(undefined, { link: { askedAt: 99 } }))[1]).toBe('no figures yet');
  });

  test('tells what could not be read', () => {
    const partly = historyOf(picture(many(1), ['line 7: no value', 'line 8: no value']));
    expect(textsOf(frame(partly))[2]).toBe('not read: line 7: no value (and 1 more)');
  });

  test('says that it is paused, in words', () => {
    expect(textsOf(frame(history, { state: { isPaused: true } }))[0]).toContain(' PAUSED ');
  });
});

describe('the body', () => {
  test('fills the terminal, and shows every row once when it is scrolled by pages', () => {
    const seen: string[] = [];
    let scroll = 0;
    for (;;) {
      const { lines, layout } = frame(history, { rows: 12, state: { scroll, sort: 'name' } });
      expect(lines).toHaveLength(12);
      const body = textsOf({ lines }).slice(2, -1);
      expect(body[0]).toMatch(/^Counters \(50\)▲/);
      for (const row of body.slice(1)) seen.push(row.split(' ')[0]!);
      if (layout.scroll === layout.mostScroll) break;
      scroll = Math.min(layout.mostScroll, layout.scroll + layout.page);
    }
    expect(Array.from(new Set(seen))).toEqual(many(50).map(({ name }) => name));
  });

  test('is not scrolled beyond its end, after the series became fewer too', () => {
    const { layout, lines } = frame(history, { rows: 12, state: { scroll: 1000 } });
    expect(layout).toMatchObject({ scroll: 42, mostScroll: 42, page: 8 });
    expect(textsOf({ lines }).at(-1)).toMatch(/ 43–51 of 51$/);
    expect(frame(historyOf(many(2)), { rows: 12, state: { scroll: 1000 } }).layout).toMatchObject({ scroll: 0, mostScroll: 0 });
  });

  test('knows where its sections begin', () => {
    const both = historyOf([histogram('h', [1], [1, 0]), counter('c', 1), gauge('g', 1)]);
    expect(frame(both).layout.starts).toEqual([0, 3, 6]);
    expect(
      textsOf(frame(both, { rows: 6, state: { scroll: 6 } }))
        .slice(2, -1)
        .map((line) => line.split(' ')[0]),
    ).toEqual(['', 'Gauges', 'g']);
  });

  test('says why it is empty', () => {
    expect(textsOf(frame(historyOf([])))[2]).toBe('The endpoint has no series.');
    expect(textsOf(frame(history, { state: { filter: 'nothing' } }))[2]).toBe('No series passes the filter.');
  });

  test('is the help where that is asked for, which can be scrolled', () => {
    expect(textsOf(frame(history, { state: { isHelp: true } }))[2]).toBe('Keys');
    const { layout, lines } = frame(history, { columns: 40, rows: 10, state: { isHelp: true, scroll: 99 } });
    expect(layout.scroll).toBe(layout.mostScroll);
    expect(textsOf({ lines }).at(-2)).toMatch(/^calls\/s of a stage/);
  });

  test.each([
    [40, 10],
    [200, 60],
    [1, 1],
    [10, 3],
  ])('fits a terminal of %i columns and %i lines', (columns, rows) => {
    const texts = textsOf(frame(history, { columns, rows }));
    expect(texts).toHaveLength(rows);
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThanOrEqual(columns);
  });
});

test('the last line has what is typed, its end where it is long', () => {
  const last = (typed: string, columns = 60) => textsOf(frame(history, { columns, state: { ...newState, typed } })).at(-1);
  expect(last('c00')).toBe('/c00_');
  expect(last('abcdefghij', 7)).toBe('/fghij_');
});
