/**
 * Characters that show nothing, or that move others about: controls, marks of direction, line ends, halves of surrogate pairs. The joiners
 * U+200C and U+200D stay, which emoji and some scripts need.
 */
const INVISIBLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** `text` from anywhere as a person can read it: what would be invisible is written as `\u{202e}`. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}
