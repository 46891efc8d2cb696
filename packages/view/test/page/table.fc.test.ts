import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sorted, type Column } from '../../src/page/client/table/column.ts';
import { filtered } from '../../src/page/client/table/filter.ts';
import { scrollTo, windowOf } from '../../src/page/client/table/window.ts';
import { series } from './pictures.ts';

interface Row {
  readonly value: number | string | undefined;
  readonly at: number;
}

const column: Column<Row> = {
  label: 'value',
  numeric: true,
  width: 'narrow',
  valueOf: ({ value }) => value,
  textOf: String,
  titleOf: String,
};

function rowsOf(values: readonly (number | string | undefined)[]): Row[] {
  return values.map((value, at) => ({ value, at }));
}

const isNone = ({ value }: Row): boolean => value === undefined || Number.isNaN(value);

describe('rows in order', () => {
  test('rise or fall, those without a value last, equal ones as they were', () => {
    const values = fc.array(fc.option(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double()), { nil: undefined }));
    fc.assert(
      fc.property(values, fc.boolean(), (all, descending) => {
        const rows = sorted(rowsOf(all), column, descending);
        expect(new Set(rows.map(({ at }) => at)).size).toBe(all.length);
        for (let i = 1; i < rows.length; i++) {
          const [before, after] = [rows[i - 1]!, rows[i]!];
          if (isNone(before)) expect(isNone(after)).toBe(true);
          if (isNone(before) || isNone(after)) continue;
          const [a, b] = descending ? [after.value!, before.value!] : [before.value!, after.value!];
          expect(a <= b).toBe(true);
          if (before.value === after.value) expect(before.at).toBeLessThan(after.at);
        }
      }),
    );
  });

  test('have numbers in names as numbers', () => {
    expect(sorted(rowsOf(['op 10', 'op 9', 'Op 1']), column, false).map(({ value }) => value)).toEqual(['Op 1', 'op 9', 'op 10']);
  });
});

describe('the rows that must be there', () => {
  const viewports = fc.record({
    top: fc.double({ min: 0, max: 1e6, noNaN: true }),
    height: fc.double({ min: 0, max: 2000, noNaN: true }),
    rowHeight: fc.double({ min: 10, max: 60, noNaN: true }),
    rows: fc.nat(20_000),
  });

  test('are all that can be seen, and few more', () => {
    fc.assert(
      fc.property(viewports, (viewport) => {
        const { top, height, rowHeight, rows } = viewport;
        const { from, to } = windowOf(viewport);
        expect(0 <= from && from <= to && to <= rows).toBe(true);
        expect(to - from).toBeLessThanOrEqual(Math.ceil(height / rowHeight) + 18);
        for (const y of [top, top + height / 2, top + height - 0.01]) {
          const row = Math.floor(y / rowHeight);
          if (y >= top && row < rows) expect(row >= from && row < to).toBe(true);
        }
      }),
    );
  });

  test('are scrolled to as little as possible', () => {
    fc.assert(
      fc.property(viewports, fc.nat(20_000), (given, row) => {
        const viewport = { ...given, height: given.height + 100 };
        const top = scrollTo(row, viewport);
        const isVisible = (at: number): boolean =>
          row * viewport.rowHeight >= at - 1e-6 && (row + 1) * viewport.rowHeight <= at + viewport.height + 1e-6;
        expect(isVisible(top)).toBe(true);
        if (isVisible(viewport.top)) expect(top).toBeCloseTo(viewport.top, 6);
      }),
    );
  });
});

describe('series that are filtered', () => {
  const all = [
    series('http_request_time', { kind: 'distribution', tags: { route: '/Orders' } }),
    series('http_requests', { kind: 'counter', source: 'express' }),
    series('heap_used'),
  ];
  const names = (text: string, kind: 'all' | 'gauge' | 'counter' = 'all'): string[] =>
    filtered(all, { text, kind }).map(({ name }) => name);

  test('have all words in their name, source or tags, in any case', () => {
    expect(names('')).toEqual(['http_request_time', 'http_requests', 'heap_used']);
    expect(names(' HTTP ')).toEqual(['http_request_time', 'http_requests']);
    expect(names('http orders')).toEqual(['http_request_time']);
    expect(names('express')).toEqual(['http_requests']);
    expect(names('route="/orders"')).toEqual(['http_request_time']);
    expect(names('nothing')).toEqual([]);
  });

  test('are of the kind', () => {
    expect(names('', 'gauge')).toEqual(['heap_used']);
    expect(names('http', 'counter')).toEqual(['http_requests']);
  });
});
