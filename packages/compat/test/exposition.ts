import { spawnSync } from 'node:child_process';
import { expect } from '@jest/globals';

const SAMPLE = /^[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\[\\"n])*",?)*\})? (-?[0-9.]+(e[+-]?[0-9]+)?|[+-]Inf|NaN)$/;
const COMMENT = /^# (HELP [a-zA-Z_:][a-zA-Z0-9_:]* .*|TYPE [a-zA-Z_:][a-zA-Z0-9_:]* (counter|gauge|histogram|summary|untyped))$/;

/** Prometheus text 0.0.4, by the letter and, where it is installed, by promtool; no series twice. */
export function expectExposition(text: string): void {
  expect(text.endsWith('\n')).toBe(true);
  const lines = text.slice(0, -1).split('\n');
  expect(lines.filter((line) => !SAMPLE.test(line) && !COMMENT.test(line))).toEqual([]);
  const series = lines.filter((line) => !line.startsWith('#')).map((line) => line.slice(0, line.lastIndexOf(' ')));
  expect(series).not.toEqual([]);
  expect(new Set(series).size).toBe(series.length);
  const promtool = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  if (promtool.error !== undefined && process.env['CI'] !== 'true') return;
  expect({ status: promtool.status, output: promtool.stderr }).toEqual({ status: 0, output: '' });
}

const CELL = String.raw`(?:"(?:[^"]|"")*"|[^",\r\n]*)`;
const ROW = new RegExp(`^${CELL}(?:,${CELL}){5}$`);

/** The documented CSV: the header, and rows of six cells whose last one is JSON. Gives the number of rows. No cell may have a line break. */
export function expectCsv(text: string): number {
  const [header, ...rows] = text.split('\r\n');
  expect(header).toBe('name,value,metric_type,timestamp,source,tags');
  expect(rows.pop()).toBe('');
  for (const row of rows) {
    expect(row).toMatch(ROW);
    const cell = /,("(?:[^"]|"")*"|\{\})$/.exec(row)![1]!;
    JSON.parse(cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
  }
  return rows.length;
}
