import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { settled } from './collector.ts';

/** What `read` comes to once `expected` holds for it, which garbage collections may bring about; the last of it where they do not. */
export async function afterGarbageCollection<Value>(
  read: () => Value | Promise<Value>,
  expected: (value: Value) => boolean,
): Promise<Value> {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  let value = await read();
  for (let i = 0; i < 50 && !expected(value); i++) {
    collectGarbage();
    // oxlint-disable-next-line no-await-in-loop -- finalization takes turns of the event loop
    await settled();
    // oxlint-disable-next-line no-await-in-loop
    value = await read();
  }
  return value;
}
