/** Characters that take two columns of a terminal: emoji, and the wide ones of East Asia. */
const WIDE =
  /[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
const MARK = /[\p{Mn}\p{Me}]/u;
const ASCII = /^[\x20-\x7e]*$/;
/** More marks on one character are left out: a pile of them reaches into other lines. */
const MARKS = /(?<=[\p{Mn}\p{Me}]{2})[\p{Mn}\p{Me}]+/gu;
const HARMFUL = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
/** A text of more code units is cut in its middle before anything else. */
const LONGEST = 4000;

/** Texts come from anywhere: what moves a terminal's cursor, starts a command to it, breaks a line or is no character becomes `�`. */
export function printable(text: string): string {
  return ASCII.test(text) ? text : text.replace(HARMFUL, '�').replace(MARKS, '');
}

/** Columns of a terminal that printable text takes. */
export function columnsOf(text: string): number {
  return ASCII.test(text) ? text.length : Array.from(text).reduce((sum, character) => sum + columnsOfOne(character), 0);
}

/** Printable, and in at most `width` columns. The end of a name says more than its middle, which gives way to `…`. */
export function shorten(text: string, width: number): string {
  const shown = printable(text.length > LONGEST ? text.slice(0, LONGEST / 2) + text.slice(-LONGEST / 2) : text);
  if (columnsOf(shown) <= width) return shown;
  if (width < 1) return '';
  const tail = Math.floor((width - 1) / 2);
  return `${start(shown, width - 1 - tail)}…${end(shown, tail)}`;
}

/** Printable, and in exactly `width` columns. */
export function fit(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const shown = shorten(text, width);
  const space = ' '.repeat(Math.max(0, width - columnsOf(shown)));
  return align === 'left' ? shown + space : space + shown;
}

/** The first characters of printable text that take at most `width` columns. */
export function start(text: string, width: number): string {
  if (ASCII.test(text)) return text.slice(0, Math.max(0, width));
  let used = 0;
  let taken = '';
  for (const character of text) {
    used += columnsOfOne(character);
    if (used > width) break;
    taken += character;
  }
  return taken;
}

/** The last characters of printable text that take at most `width` columns. */
export function end(text: string, width: number): string {
  const characters = Array.from(text);
  let used = 0;
  let from = characters.length;
  while (from > 0 && used + columnsOfOne(characters[from - 1]!) <= width) {
    from--;
    used += columnsOfOne(characters[from]!);
  }
  return characters.slice(from).join('');
}

function columnsOfOne(character: string): number {
  if (character <= '~') return 1;
  if (WIDE.test(character)) return 2;
  return MARK.test(character) ? 0 : 1;
}
