import { isNativeError } from 'node:util/types';
import type { Item } from '../item.ts';
import type { TextSettings } from '../options.ts';
import { tokenize, type Tokens } from './tokenizer.ts';

/** @throws PreprocessError */
export async function readText(item: Item<Tokens>, { tokenizer, maxTextLength, maxTextBytes }: TextSettings): Promise<Tokens> {
  const text = item.input;
  if (typeof text !== 'string') throw item.refuse('type', `a text must be a string, not ${typeof text}`);
  if (text === '') throw item.refuse('empty', 'the text is empty');
  const bytes = Buffer.byteLength(text);
  if (bytes > maxTextBytes) throw item.refuse('too-large', `${bytes} bytes of text are more than maxTextBytes, ${maxTextBytes}`);
  const tokens = await tokenize(tokenizer, text, maxTextLength).catch((error: unknown) => {
    throw item.refuse('unsupported', `the tokenizer failed: ${isNativeError(error) ? error.message : String(error)}`, error);
  });
  if (tokens.ids.length === 0) throw item.refuse('empty', 'the text has no tokens');
  return tokens;
}
