import { describe, expect, test } from '@jest/globals';
import xterm from '@xterm/headless';
import fc from 'fast-check';
import type { SeriesPicture } from '../../src/model/picture.ts';
import { plainText } from '../../src/top/paint.ts';
import { Screen } from '../../src/top/screen.ts';
import { SORT_KEYS } from '../../src/top/sort.ts';
import { columnsOf, HARMFUL, hostileText, OWN } from './hostile.ts';
import { counter, gauge, histogram, picture } from './series.ts';
import { frame, historyOf } from './views.ts';

const name = fc.oneof(
  hostileText,
  fc.constantFrom('memory_pool_size_bytes', 'memory_pool_used', 'memory_pool_failures_total', 'cpu_pipeline_queue_depth'),
  fc.constantFrom(
    'cpu_pipeline_stage_time_seconds',
    'cpu_pipeline_items_total',
    'cpu_pipeline_wait_time',
    'cpu_pipeline_failed_items_total',
  ),
);
const key = fc.oneof(hostileText, fc.constantFrom('pool_type', 'pool.name', 'pipeline_name', 'stage', 'error_type', 'reason'));
const tags = fc.dictionary(key, fc.oneof(hostileText, fc.double(), fc.boolean()), { maxKeys: 5 });
const traits = fc.record({ source: hostileText, tags, unit: fc.oneof(hostileText, fc.constantFrom('s', 'By', '1', '%', '{item}/s', '')) });
const value = fc.oneof(fc.double(), fc.constantFrom(1e300, -1e300, Number.MAX_SAFE_INTEGER, 0));
const series: fc.Arbitrary<SeriesPicture> = fc.oneof(
  fc.tuple(name, value, traits).map(([name, value, traits]) => counter(name, value, traits)),
  fc.tuple(name, value, traits).map(([name, value, traits]) => gauge(name, value, traits)),
  fc
    .tuple(name, fc.array(fc.nat({ max: 1e9 }), { minLength: 4, maxLength: 4 }), traits)
    .map(([name, counts, traits]) => histogram(name, [-1, 1e-7, 1e12], counts, traits)),
);
const view = fc.record({
  pictures: fc.array(fc.array(series, { maxLength: 12 }), { maxLength: 3 }),
  problems: fc.array(hostileText, { maxLength: 2 }),
  columns: fc.oneof(fc.integer({ min: 1, max: 250 }), fc.constantFrom(40, 80, 200)),
  rows: fc.oneof(fc.integer({ min: 1, max: 80 }), fc.constantFrom(10, 24, 60)),
  state: fc.record(
    {
      scroll: fc.nat({ max: 60 }),
      sort: fc.constantFrom(...SORT_KEYS),
      typed: hostileText,
      isPaused: fc.boolean(),
      isHelp: fc.boolean(),
    },
    { requiredKeys: [] },
  ),
  message: fc.option(hostileText, { nil: undefined }),
  url: hostileText,
});

type Drawn = typeof view extends fc.Arbitrary<infer Value> ? Value : never;

function drawn({ pictures, problems, columns, rows, state, message, url }: Drawn) {
  const history = pictures.length === 0 ? undefined : historyOf(...pictures.map((each) => picture(each, problems)));
  const failure = message === undefined ? {} : { failure: { message, tries: 2, since: 1 } };
  return frame(history, { columns, rows, state, link: { url, ...failure } });
}

describe('whatever an endpoint tells', () => {
  test('no line is wider than the terminal, and there are as many as it has', () => {
    fc.assert(
      fc.property(view, (each) => {
        const texts = drawn(each).lines.map((line) => line.map(({ text }) => text).join(''));
        expect(texts).toHaveLength(each.rows);
        expect(texts.filter((text) => columnsOf(text) > each.columns)).toEqual([]);
      }),
    );
  });

  test('no control character reaches the terminal but for the own ones', () => {
    fc.assert(
      fc.property(view, fc.boolean(), (each, hasColour) => {
        const { lines } = drawn(each);
        expect(lines.map(plainText).join('')).not.toMatch(HARMFUL);
        expect(new Screen(hasColour).update(lines).replace(OWN, '')).not.toMatch(HARMFUL);
      }),
    );
  });

  test('a terminal shows the same columns, even one that takes emoji for narrow', async () => {
    const columns = 100;
    const label = fc.string({ unit: fc.constantFrom('a', '名', '😀', '🇩', '한', '\u0301', 'é'), maxLength: 70 });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(label, { minLength: 1, maxLength: 10 }), async (labels) => {
        const gauges = labels.map((value) => gauge('g', 12345, { tags: { value } }));
        const { lines } = frame(historyOf(gauges, gauges), { columns });
        const terminal = new xterm.Terminal({ cols: columns, rows: 30, allowProposedApi: true });
        try {
          await new Promise<void>((resolve) => terminal.write(new Screen(true).update(lines), resolve));
          const cell = (row: number, column: number) => terminal.buffer.active.getLine(row)!.getCell(column)!.getChars();
          const row = (i: number) => terminal.buffer.active.getLine(i)!.translateToString(true);
          const end = row(2).indexOf('value') + 'value'.length;
          for (let i = 0; i < labels.length; i++) {
            expect(Array.from({ length: 5 }, (_, j) => cell(3 + i, end - 5 + j)).join('')).toBe('12.3k');
            expect(cell(3 + i, end)).toMatch(/^ ?$/);
          }
        } finally {
          terminal.dispose();
        }
      }),
      { numRuns: 30 },
    );
  });
});
