import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fit, printable, shorten } from '../../src/top/text.ts';
import { hostileText, columnsOf, HARMFUL } from './hostile.ts';

const width = fc.integer({ min: 0, max: 60 });

describe('a text for the terminal', () => {
  test('fills its columns exactly, whatever is in it', () => {
    fc.assert(
      fc.property(hostileText, width, fc.constantFrom('left', 'right'), (text, columns, align) => {
        const fitted = fit(text, columns, align);
        expect(columnsOf(fitted)).toBe(columns);
        expect(fitted).not.toMatch(HARMFUL);
      }),
    );
  });

  test('keeps its beginning and its end where it is too long', () => {
    expect(shorten('abcdefghij', 7)).toBe('abc…hij');
    expect(shorten('名前名前名前', 7)).toBe('名…前');
    expect(shorten('abc', 1)).toBe('…');
    expect(shorten('abc', 0)).toBe('');
    expect(shorten('x'.repeat(1e6) + 'end', 9)).toBe('xxxx…xend');
  });

  test('has no escape sequence of any kind', () => {
    for (const sequence of ['\x1b[2J', '\x1b]0;title\x07', '\x9b31m', '\x90q\x9c', '\r\n\b\t\0\x7f', '\u202e\u2066\u200b\u2028\ud800']) {
      expect(printable(sequence)).not.toMatch(HARMFUL);
    }
    expect(printable('\x1b[31mred')).toBe('�[31mred');
  });

  test('has at most two marks on a character', () => {
    expect(printable(`a${'\u0301'.repeat(50)}b`)).toBe('a\u0301\u0301b');
  });
});
