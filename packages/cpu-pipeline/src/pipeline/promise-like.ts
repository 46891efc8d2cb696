export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  return value instanceof Promise || typeof (value as Partial<PromiseLike<unknown>>).then === 'function';
}

/** One that settles once, whatever `thenable` does. */
export function toPromise(thenable: PromiseLike<unknown>): Promise<unknown> {
  return thenable instanceof Promise ? thenable : Promise.resolve(thenable);
}
