import type { Line, Style } from './line.ts';
import { columnsOf } from './text.ts';

/** Codes of "Select Graphic Rendition" (ECMA-48, 8.3.117). */
interface Look {
  readonly colour: string;
  readonly mono: string;
}

const LOOKS: Readonly<Record<Style, Look | undefined>> = {
  plain: undefined,
  title: { colour: '1;36', mono: '1' },
  heading: { colour: '1;4', mono: '1;4' },
  quiet: { colour: '2', mono: '2' },
  alert: { colour: '1;31', mono: '1' },
  key: { colour: '7', mono: '7' },
};

/** A run of what terminals may take for another width than we do, with what follows it up to a space. */
const UNSURE = /[^\x20-\x7e]+[^ ]*/g;

/**
 * A fitted line as a terminal takes it from the beginning of one of its lines on. Terminals do not agree on how wide emoji and many other
 * characters are, so after such ones the column is set anew: the columns of a table stay where they are.
 */
export function paintLine(line: Line, hasColour: boolean): string {
  let column = 1;
  return line
    .map(({ text, style }) => {
      const start = column;
      column += columnsOf(text);
      const look = LOOKS[style];
      const placed = text.replace(UNSURE, (run, at: number) => `${run}\x1b[${start + columnsOf(text.slice(0, at) + run)}G`);
      return look === undefined ? placed : `\x1b[${hasColour ? look.colour : look.mono}m${placed}\x1b[m`;
    })
    .join('');
}

/** The line's text alone. */
export function plainText(line: Line): string {
  return line
    .map(({ text }) => text)
    .join('')
    .trimEnd();
}
