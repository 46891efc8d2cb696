/** For a promise of any kind one that settles once, whatever that does; `undefined` for what is none. @throws What its getter `then` throws. */
export function promiseOf(value: unknown): Promise<unknown> | undefined {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return undefined;
  if (value instanceof Promise) return value;
  return typeof (value as Partial<PromiseLike<unknown>>).then === 'function' ? Promise.resolve(value) : undefined;
}
