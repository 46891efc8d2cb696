const dropped = new FinalizationRegistry<() => void>((leave) => leave());

/**
 * Calls `leave` once nobody holds `result` any more: a generator or promise that is dropped before its end would otherwise run for ever.
 * `leave` must not hold it, and is called also after a proper end.
 */
export function whenDropped(result: object, leave: () => void): void {
  dropped.register(result, leave);
}
