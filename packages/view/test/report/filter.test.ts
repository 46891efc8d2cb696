import { describe, expect, test } from '@jest/globals';
import { seriesFilter } from '../../src/report/filter.ts';
import { told } from './pictures.ts';

const all = [
  told('ocr_detect_time', {}, { source: 'ocr', type: 'time', tags: { stage: 'detect', batch: 4, 'http.route': 'GET /a b' } }),
  told('ocr_items', {}, { source: 'ocr', type: 'counter', tags: { stage: 'say "x"' } }),
  told('pool:used', {}, { source: 'memory_pool', type: 'Gauge', tags: {} }),
];

function passing(...expressions: string[]): string[] {
  return all.filter(seriesFilter(expressions)).map(({ name }) => name);
}

describe('a filter', () => {
  test.each<[string[], string[]]>([
    [[], ['ocr_detect_time', 'ocr_items', 'pool:used']],
    [['ocr_*'], ['ocr_detect_time', 'ocr_items']],
    [['OCR_*'], []],
    [['ocr'], []],
    [['name:[!o]*'], ['pool:used']],
    [['pool:used'], ['pool:used']],
    [['source:memory_?ool'], ['pool:used']],
    [['type:gauge'], ['pool:used']],
    [['type:TIME'], ['ocr_detect_time']],
    [['tag:stage'], ['ocr_detect_time', 'ocr_items']],
    [['tag:stage=det*'], ['ocr_detect_time']],
    [['tag:batch=4'], ['ocr_detect_time']],
    [['tag:http.route="GET /a b"'], ['ocr_detect_time']],
    [['tag:stage="say \\"x\\""'], ['ocr_items']],
    [['!tag:stage'], ['pool:used']],
    [['ocr_* !type:time'], ['ocr_items']],
    [['ocr_* type:time tag:stage=other'], []],
    [
      ['type:time', 'pool*'],
      ['ocr_detect_time', 'pool:used'],
    ],
  ])('%j', (expressions, names) => {
    expect(passing(...expressions)).toEqual(names);
  });

  test.each([
    ['', 'an empty expression'],
    ['  ', 'an empty expression'],
    ['!', 'nothing to match in !'],
    ['tag:', 'nothing to match in tag:'],
    ['tag:=x', 'no tag in tag:=x'],
    ['a "b', 'a quote is not closed in "b'],
  ])('%j is refused', (expression, reason) => {
    expect(() => seriesFilter([expression])).toThrow(new SyntaxError(reason));
  });
});
