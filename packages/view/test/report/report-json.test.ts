import { expect, test } from '@jest/globals';
import { parseBudget } from '../../src/report/budget/budget.ts';
import { reportJson } from '../../src/report/report-json.ts';
import { createReport } from '../../src/report/report.ts';
import { events, picture, spread, told } from './pictures.ts';

const now = picture([
  told('used', { last: Infinity }, { unit: 'By', tags: { pool: 1 } }),
  events('op_time', [0.1, 0.3]),
  told('op_seconds', { count: 2, p95: 0.25 }, { kind: 'distribution', type: 'histogram', unit: 's' }),
]);

test('the report as JSON: numbers as they are, null for what is none', () => {
  const budgets = ['op_time.max > 250ms', 'missing.last > 1'].map(parseBudget);
  const json = reportJson(createReport({ ...now, takenAt: NaN, problems: ['line 1: x'] }, { budgets }));
  expect(JSON.parse(JSON.stringify(json))).toEqual({
    from: 'now.json',
    takenAt: null,
    problems: ['line 1: x'],
    passing: 3,
    series: [
      {
        name: 'op_time',
        source: 'app',
        unit: 's',
        tags: {},
        type: 'time',
        kind: 'distribution',
        figures: {
          count: 2,
          total: 0.4,
          last: 0.3,
          average: 0.2,
          minimum: 0.1,
          maximum: 0.3,
          standardDeviation: expect.closeTo(0.1, 12),
          p50: 0.2,
          p95: expect.closeTo(0.29, 12),
          p99: expect.closeTo(0.298, 12),
          exactPercentiles: true,
        },
      },
      {
        name: 'op_seconds',
        source: 'app',
        unit: 's',
        tags: {},
        type: 'histogram',
        kind: 'distribution',
        figures: { count: 2, p95: 0.25, exactPercentiles: false },
      },
      {
        name: 'used',
        source: 'app',
        unit: 'By',
        tags: { pool: 1 },
        type: 'gauge',
        kind: 'gauge',
        figures: { last: null, exactPercentiles: false },
      },
    ],
    budgets: [
      {
        budget: 'op_time.max > 250ms',
        ok: false,
        checks: [{ name: 'op_time', source: 'app', unit: 's', tags: {}, value: 0.3, bound: 0.25, ok: false }],
      },
      { budget: 'missing.last > 1', ok: false, error: 'there is no series missing', checks: [] },
    ],
  });
});

test('a difference as JSON', () => {
  const before = picture([events('op_time', spread(10, 1, 1)), told('went', { last: 1 })], { from: 'before.json' });
  const json = reportJson(createReport(picture([events('op_time', spread(10, 3, 1)), told('came', { last: 1 })]), { before }));
  expect(json).toMatchObject({
    from: 'now.json',
    series: [],
    diff: {
      before: { from: 'before.json', takenAt: 1_700_000_000, problems: [] },
      changes: [{ name: 'op_time', result: 'slower', before: { count: 10 }, after: { count: 10 } }],
      came: [{ name: 'came', source: 'app', unit: '', tags: {} }],
      went: [{ name: 'went' }],
    },
  });
  expect(json.diff!.changes[0]!.change).toEqual({
    p50: expect.closeTo(2 / 1.45, 12),
    p95: expect.any(Number),
    average: expect.closeTo(2 / 1.45, 12),
    total: expect.closeTo(2 / 1.45, 12),
    last: expect.closeTo(2 / 1.9, 12),
  });
});
