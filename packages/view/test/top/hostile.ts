import fc from 'fast-check';

/** What must never reach a terminal from without: controls, what reorders or joins characters, halves of characters, other line ends. */
export const HARMFUL = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

const WIDE = /[\u3000-\u9fff\uac00-\ud7a3\uff01-\uff60\p{Emoji_Presentation}]/u;

/** Columns that a terminal gives to a text, worked out apart from what is tested, for the characters of {@link hostileText}. */
export function columnsOf(text: string): number {
  return Array.from(text).reduce((sum, character) => sum + (/[\p{Mn}\p{Me}]/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1), 0);
}

/** Characters that every terminal and both of our tables agree about, and all that are harmful. */
const characters = fc.constantFrom(
  ...'aZ0."\\{}= 名前한😀🇩\u0301é\ue000',
  ...'\x1b\x9b\x07\n\r\t\b\0\x7f\u202e\u2066\u200b\u200d\u2028\ufeff\ud800',
);

export const hostileText = fc.oneof(
  fc.string({ unit: characters, maxLength: 80 }),
  fc.constantFrom(
    '\x1b[2J\x1b[31mred',
    '\x1b]0;title\x07',
    '\x1bP+q\x1b\\',
    'line\nbreak',
    '\r\b\b',
    'x'.repeat(500),
    '名'.repeat(300),
    '',
    '__proto__',
  ),
);

/** What the view writes of its own: positions, erasing, looks, and the modes of the terminal that it changes. */
// oxlint-disable-next-line no-control-regex -- escape sequences are what it is about
export const OWN = /\x1b\[(?:\d+;1H|\d+G|H|2J|J|2K|(?:\d+(?:;\d+)*)?m|\?(?:1049|25|7)[hl])/g;
