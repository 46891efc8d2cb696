/** What tokenizers are asked for: one text at a time, so that one that fails takes no other with it; padding is done here. */
export interface TokenizerCallOptions {
  readonly padding: false;
  readonly truncation: true;
  readonly max_length: number;
  readonly return_tensor: false;
}

/** `tokenizer(text, options)` gives `{ input_ids, attention_mask }`, as arrays: transformers.js, `@lenml/tokenizers`. */
export type CallableTokenizer = (text: string, options: TokenizerCallOptions) => unknown;

/** `tokenizer.encode(text)` gives ids, or `{ ids, attention_mask }`: `@huggingface/tokenizers`. */
export interface EncodingTokenizer {
  encode(text: string): unknown;
}

/** What they give may be a promise of it. One that has both shapes is called. */
export type Tokenizer = CallableTokenizer | EncodingTokenizer;

export interface Tokens {
  readonly ids: readonly number[];
  readonly mask: readonly number[];
}

/** Not more than `most` tokens of a text; the rest of a longer one is left out. @throws TypeError where the tokenizer gives something else. */
export async function tokenize(tokenizer: Tokenizer, text: string, most: number): Promise<Tokens> {
  const encoded =
    typeof tokenizer === 'function'
      ? await tokenizer(text, { padding: false, truncation: true, max_length: most, return_tensor: false })
      : await tokenizer.encode(text);
  const { input_ids, ids = input_ids ?? encoded, attention_mask } = Object(encoded) as Readonly<Record<string, unknown>>;
  const tokens = integers('ids', ids).slice(0, most);
  const mask = attention_mask === undefined ? tokens.map(() => 1) : integers('attention_mask', attention_mask).slice(0, most);
  if (mask.length !== tokens.length) throw new TypeError(`the tokenizer gave ${tokens.length} ids and ${mask.length} of attention_mask`);
  return { ids: tokens, mask };
}

/** The id that the tokenizer pads with, if it tells. */
export function padIdOf(tokenizer: Tokenizer): number | undefined {
  const { pad_token_id, pad_token, config, token_to_id } = tokenizer as unknown as Readonly<Record<string, unknown>>;
  if (typeof pad_token_id === 'number') return pad_token_id;
  const token = contentOf(pad_token) ?? contentOf((Object(config) as { pad_token?: unknown }).pad_token);
  if (token === undefined || typeof token_to_id !== 'function') return undefined;
  const id: unknown = token_to_id.call(tokenizer, token);
  return typeof id === 'number' ? id : undefined;
}

/** The side that the tokenizer pads on, if it tells. */
export function paddingSideOf(tokenizer: Tokenizer): 'left' | 'right' | undefined {
  const { padding_side, config } = tokenizer as unknown as Readonly<Record<string, unknown>>;
  const side = padding_side ?? (Object(config) as { padding_side?: unknown }).padding_side;
  return side === 'left' || side === 'right' ? side : undefined;
}

/** Of a token that is written out, with its traits or without. */
function contentOf(token: unknown): string | undefined {
  const content = typeof token === 'string' ? token : (Object(token) as { content?: unknown }).content;
  return typeof content === 'string' ? content : undefined;
}

/** The numbers of an array, of the only row of one with rows, or of a typed array. */
function integers(what: string, values: unknown): number[] {
  const row = Array.isArray(values) && values.length === 1 && typeof values[0] === 'object' ? values[0] : values;
  if (Array.isArray(row) || ArrayBuffer.isView(row)) {
    const numbers = Array.from(row as Iterable<unknown>, (value) => (typeof value === 'bigint' ? Number(value) : value));
    if (numbers.every((number) => Number.isSafeInteger(number))) return numbers as number[];
  }
  throw new TypeError(`the tokenizer gave no ${what} that are arrays of integers`);
}
