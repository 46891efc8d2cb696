export type PreprocessKind = 'text' | 'image';

/**
 * Why an item was refused: it is of a wrong type; there is nothing in it; it is beyond a limit; it is damaged; it is of a kind that is not
 * supported; its file cannot be read; the pool has no room for the result.
 */
export type PreprocessReason = 'type' | 'empty' | 'too-large' | 'corrupt' | 'unsupported' | 'unreadable' | 'memory';

/** Something is wrong with one item; the others of its batch are unaffected. */
export class PreprocessError extends Error {
  override readonly name = 'PreprocessError';
  readonly kind: PreprocessKind;
  /** The item's name where it was given one, else its place in the batch. */
  readonly item: number | string;
  readonly reason: PreprocessReason;

  constructor(kind: PreprocessKind, item: number | string, reason: PreprocessReason, detail: string, cause?: unknown) {
    super(`${kind} ${JSON.stringify(item)}: ${detail}`, cause === undefined ? {} : { cause });
    this.kind = kind;
    this.item = item;
    this.reason = reason;
  }
}
