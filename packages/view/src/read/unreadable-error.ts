/** Nothing of a file or an endpoint could be read. The message names it, without credentials, and the reason. */
export class UnreadableError extends Error {
  override readonly name = 'UnreadableError';

  constructor(where: string, reason: string, options?: ErrorOptions) {
    super(`${where} cannot be read: ${reason}`, options);
  }
}
