import { columnsOf, printable, start } from './text.ts';

/** What a text is, which the painter knows a look for. None of them says what the text does not. */
export type Style = 'plain' | 'title' | 'heading' | 'quiet' | 'alert' | 'key';

export interface Span {
  readonly text: string;
  readonly style: Style;
}

export type Line = readonly Span[];

export function span(text: string, style: Style = 'plain'): Span {
  return { text, style };
}

/** The line as it may be printed: printable throughout, and in at most `width` columns. */
export function fitLine(line: Line, width: number): Line {
  let left = width;
  const shown: Span[] = [];
  for (const { text, style } of line) {
    const part = start(printable(text), left);
    left -= columnsOf(part);
    if (part !== '') shown.push({ text: part, style });
  }
  return shown;
}

/** `left` and `right` at the two ends of a line. Where there is no room for both, `left` is cut. */
export function spread(left: Line, right: Line, width: number): Line {
  const room = width - widthOf(right) - 1;
  if (room < 1) return fitLine(left, width);
  const shown = fitLine(left, room);
  return [...shown, span(' '.repeat(width - widthOf(shown) - widthOf(right))), ...right];
}

function widthOf(line: Line): number {
  return line.reduce((sum, { text }) => sum + columnsOf(printable(text)), 0);
}
