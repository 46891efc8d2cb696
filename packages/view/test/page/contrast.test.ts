import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';

const css = readFileSync(new URL('../../src/page/client/client.css', import.meta.url), 'utf8');
const colours = new Map(
  Array.from(css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g), ([, name, light, dark]) => [
    name!,
    { light: light!, dark: dark! },
  ]),
);

/** WCAG 2.2, relative luminance. */
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light! + 0.05) / (dark! + 0.05);
}

describe.each(['light', 'dark'] as const)('the %s colours', (theme) => {
  const of = (name: string): string => colours.get(name)![theme];
  const texts = ['text', 'quiet', 'accent', 'alarm'].flatMap((text) => ['ground', 'raised'].map((ground) => [text, ground]));

  test.each([...texts, ['text', 'chosen']])('have %s on %s that can be read (AA)', (text, ground) => {
    expect(contrast(of(text), of(ground))).toBeGreaterThanOrEqual(4.5);
  });

  const drawn = ['edge', 'bar', 'mark', 'line-1', 'line-2', 'line-3', 'block', 'handle', 'cached'];
  test.each(drawn)('have %s that can be seen (AA)', (name) => {
    expect(contrast(of(name), of('ground'))).toBeGreaterThanOrEqual(3);
  });
});
