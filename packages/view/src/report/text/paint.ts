import { styleText } from 'node:util';

/** What a text is. None of them says what the text does not. */
export type Style = 'heading' | 'quiet' | 'bad' | 'good';

export type Paint = (style: Style, text: string) => string;

const LOOKS = { heading: 'bold', quiet: 'dim', bad: 'red', good: 'green' } as const;

export function painter(hasColour: boolean): Paint {
  return hasColour ? (style, text) => styleText(LOOKS[style], text, { validateStream: false }) : (_, text) => text;
}
