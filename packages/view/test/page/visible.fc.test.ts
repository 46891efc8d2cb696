import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { visible } from '../../src/page/shared/visible.ts';

describe('a text from anywhere', () => {
  test('stays as it is where all of it can be seen', () => {
    for (const text of ['http_request', 'größe', 'مرحبا', '時間', '👩‍👩‍👧', '<img src=x onerror=alert(1)>'])
      expect(visible(text)).toBe(text);
  });

  test('tells of what cannot', () => {
    expect(visible('a\u202eb\u0000\n\ud800\u2028')).toBe('a\\u{202e}b\\u{0}\\u{a}\\u{d800}\\u{2028}');
  });

  test('never has a control character, a mark of direction or half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = visible(text);
        expect(shown.isWellFormed()).toBe(true);
        expect(shown).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u);
      }),
    );
  });
});
