/**
 * Calls `flush`, which blocks, in the ends that leave no time for anything asynchronous: `process.exit` and uncaught errors. Not when nothing
 * is left to do, before which whatever flushes asynchronously has done so.
 * @returns what takes all listeners back.
 */
export function flushAtExit(flush: () => void): () => void {
  let isNatural = false;
  const onBeforeExit = (): void => {
    isNatural = true;
    // There is something to do again.
    setImmediate(() => {
      isNatural = false;
    }).unref();
  };
  const onExit = (): void => {
    if (!isNatural) flush();
  };
  process.on('beforeExit', onBeforeExit);
  process.on('exit', onExit);
  return () => {
    process.off('beforeExit', onBeforeExit);
    process.off('exit', onExit);
  };
}
