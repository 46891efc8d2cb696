import { describe, expect, test } from '@jest/globals';
import { type Line, span } from '../../src/top/line.ts';
import { paintLine } from '../../src/top/paint.ts';
import { Screen } from '../../src/top/screen.ts';

const lines = (...texts: string[]): Line[] => texts.map((text) => [span(text)]);

describe('the screen', () => {
  test('is cleared and written whole at first, and after it was forgotten', () => {
    const screen = new Screen(true);
    const all = '\x1b[H\x1b[2J\x1b[1;1H\x1b[2Ka\x1b[3;1H\x1b[2Kc';
    expect(screen.update(lines('a', '', 'c'))).toBe(all);
    screen.forget();
    expect(screen.update(lines('a', '', 'c'))).toBe(all);
  });

  test('is told of lines that changed, and of no others', () => {
    const screen = new Screen(true);
    screen.update(lines('a', 'b', 'c'));
    expect(screen.update(lines('a', 'b', 'c'))).toBe('');
    expect(screen.update(lines('a', 'x', 'c'))).toBe('\x1b[2;1H\x1b[2Kx');
    expect(screen.update(lines('a', '', 'c'))).toBe('\x1b[2;1H\x1b[2K');
    expect(screen.update(lines('a'))).toBe('\x1b[2;1H\x1b[J');
  });
});

describe('a painted line', () => {
  const line: Line = [span('a', 'alert'), span(' b', 'title'), span(' c')];

  test('has colours where they are wanted', () => expect(paintLine(line, true)).toBe('\x1b[1;31ma\x1b[m\x1b[1;36m b\x1b[m c'));

  test('has none of them else', () => expect(paintLine(line, false)).toBe('\x1b[1ma\x1b[m\x1b[1m b\x1b[m c'));

  test('sets the column anew after what terminals do not agree about', () => {
    expect(paintLine([span('😀x y'), span('名')], true)).toBe('😀x\x1b[4G y名\x1b[8G');
  });
});
