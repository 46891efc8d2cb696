import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseBudget } from '../../src/report/budget/budget.ts';
import { checkBudget } from '../../src/report/budget/check.ts';
import { hostileText } from '../read/hostile.ts';
import { events, picture, told } from './pictures.ts';

const now = picture([
  events('op_time', [0.0501, 0.0501, 0.0501], { tags: { stage: 'a' } }),
  events('op_time', [0.02, 0.02], { tags: { stage: 'b' } }),
  told('op_time_seconds', { count: 3, p95: 0.0501 }, { unit: 's', kind: 'distribution' }),
  told('millis', { p95: 50.1 }, { unit: 'ms', kind: 'distribution' }),
  told('used', { last: 3 * 1024 ** 2 }, { unit: 'By' }),
  told('used.kibi', { last: 3072 }, { unit: 'KiBy' }),
  told('hit_ratio', { last: 0.85 }, { unit: '1' }),
  told('cpu', { last: 85 }, { unit: '%' }),
  told('plain', { last: -5 }),
  told('a name, of {parts}', { last: 1 }),
  told('nothing', {}),
]);

/** `true` where it is broken. */
function isBroken(text: string): boolean {
  const { checks, error } = checkBudget(parseBudget(text), now);
  if (error !== undefined) throw new Error(error);
  return checks.some((check) => check.isBroken);
}

describe('a budget', () => {
  test.each([
    ['op_time.p95 > 50ms', true],
    ['op_time.p95 > 50.1ms', false],
    ['op_time.p95 >= 50.1ms', true],
    ['op_time.p95 == 50.1ms', true],
    ['op_time.max != 50.1ms', true],
    ['op_time{stage="a"}.max != 50.1ms', false],
    ['op_time{stage="b"}.p95 > 50ms', false],
    ['op_time{stage="b"}.p95>=2e4us', true],
    ['op_time{stage="b"}.p95 < 20000000ns', false],
    ['op_time{stage="b"}.p95 <= 20000 µs', true],
    ['op_time.p95 > 0.05', true],
    ['op_time.count < 3', true],
    ['op_time.total >= 0.0025min', true],
    ['op_time.stddev > 1ms', false],
    ['millis.p95 > 50ms', true],
    ['millis.p95 > 50.1ms', false],
    ['millis.p95 > 0.0502s', false],
    ['used.last > 3MiB', false],
    ['used.last >= 3MiB', true],
    ['used.last > 3MB', true],
    ['used.last > 3145.727 KB', true],
    ['used.kibi.last == 3MiB', true],
    ['hit_ratio.last < 85%', false],
    ['hit_ratio.last < 85.1%', true],
    ['cpu.last >= 85%', true],
    ['cpu.last > 0.85', true],
    ['plain.last < -4.5', true],
    ['plain.last < -5', false],
    [' plain . last < -4'.replace(' . ', '.'), true],
    ['"a name, of {parts}".last > 0', true],
  ])('%j', (text, broken) => {
    expect(isBroken(text)).toBe(broken);
  });

  test.each([
    ['missing.p95 > 1s', 'there is no series missing'],
    ['op.p95 > 1s', 'there is no series op; is it op_time, op_time_seconds?'],
    ['op_time{stage="c"}.p95 > 1s', 'no series op_time has the tags stage="c"'],
    ['op_time_seconds.max > 1s', 'of op_time_seconds there is no max'],
    ['nothing.last > 1', 'of nothing there is no last'],
    ['plain.last > 1s', 'the unit of plain is not known: give the bound without one'],
    ['used.last > 1s', 'used is in By: give the bound in it, without a unit'],
  ])('%j cannot be checked, which is no pass', (text, error) => {
    expect(checkBudget(parseBudget(text), now).error).toBe(error);
  });

  test.each([
    ['', 'not name.statistic, operator and bound in ""'],
    ['op_time > 5', 'not name.statistic, operator and bound in "op_time > 5"'],
    ['op_time.p95 > x', 'not name.statistic, operator and bound in "op_time.p95 > x"'],
    ['op_time.p95 => 5', 'not name.statistic, operator and bound in "op_time.p95 => 5"'],
    ['op_time.p90 > 5', 'p90 is none of the statistics count, total, last, average, min, max, stddev, p50, p95, p99 in "op_time.p90 > 5"'],
    ['op_time.p95 > 5 lightyears', /^lightyears is none of the units ns, us, ms, s, min, h, .* in "op_time/],
    ['op_time.count > 5ms', 'a count has no unit in "op_time.count > 5ms"'],
    ['op_time{stage=a}.p95 > 5', 'tags that are not like {key="value"} in "op_time{stage=a}.p95 > 5"'],
    ['{a="b"}.p95 > 5', '{a="b"} is no name with tags in "{a=\\"b\\"}.p95 > 5"'],
  ])('%j is refused', (text, message) => {
    expect(() => parseBudget(text)).toThrow(message);
  });

  test('whatever names and tags are, they can be asked for', () => {
    const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
    fc.assert(
      fc.property(hostileText, fc.dictionary(hostileText, hostileText, { maxKeys: 3 }), (name, tags) => {
        const asked = Object.entries(tags).map(([key, value]) => `${quoted(key)}=${quoted(value)}`);
        const budget = parseBudget(`${quoted(name)}{${asked.join(', ')}}.last > 1`);
        expect([budget.name, Object.fromEntries(budget.tags), budget.statistic, budget.bound]).toEqual([name, { ...tags }, 'last', 1]);
        const { checks } = checkBudget(budget, picture([told(name, { last: 2 }, { tags: { ...tags, more: 'x' } })]));
        expect(checks.map((check) => check.isBroken)).toEqual([true]);
      }),
    );
  });
});
