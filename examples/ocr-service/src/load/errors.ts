/**
 * What is wrong with an image: there is nothing in it; it is beyond a limit; it is damaged; it is of a kind that is not read; its file
 * cannot be read.
 */
export type ImageReason = 'empty' | 'too-large' | 'corrupt' | 'unsupported' | 'unreadable';

/** An image cannot be read, whoever tries. Others are unaffected. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
  readonly reason: ImageReason;

  constructor(reason: ImageReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
