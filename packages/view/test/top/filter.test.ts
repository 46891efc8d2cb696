import { expect, test } from '@jest/globals';
import { compileFilter, problemOfFilter } from '../../src/top/filter.ts';
import { counter } from './series.ts';

const all = [counter('load_hits', 1), counter('save_hits', 1, { tags: { to: 'a disk' } }), counter('load', 1, { source: 'api' })];
const passing = (text: string) => all.filter(compileFilter(text)).map(({ name }) => name);

test.each([
  ['', ['load_hits', 'save_hits', 'load']],
  ['  ', ['load_hits', 'save_hits', 'load']],
  ['hit', ['load_hits', 'save_hits']],
  ['hit oad', ['load_hits']],
  ['load*', ['load_hits', 'load']],
  ['name:load', ['load']],
  ['!*hits source:api', ['load']],
  ['tag:to', ['save_hits']],
  ['tag:to="a disk"', ['save_hits']],
  ['hit tag:to="a disk"', []],
])('%j lets through %j', (text, names) => expect(passing(text)).toEqual(names));

test.each([['tag:'], ['"'], ['!']])('%j is told to be wrong', (text) => {
  expect(problemOfFilter(text)).toEqual(expect.any(String));
  expect(() => compileFilter(text)).toThrow(SyntaxError);
});

test('nothing is wrong with words', () => expect(problemOfFilter('a b')).toBeUndefined());
