import { jest } from '@jest/globals';
import { SharedState, type SharedAllocatorHandle } from '../../src/shared/layout.ts';
import { SharedAllocator } from '../../src/shared/shared-allocator.ts';

type Words = Int32Array | Float64Array;
type Access = 'read' | 'write';

let seen: (access: Access) => void = ignore;
const originals = new WeakMap<object, Words>();

/** Does `work` on instrumented words, and `what` once right before the access that follows `after` others. False if there are not as many. */
export function interrupted(after: number, what: () => void, work: () => void, counts: (access: Access) => boolean = () => true): boolean {
  let left = after;
  let done = false;
  seen = (access) => {
    if (done || !counts(access) || left-- > 0) return;
    done = true;
    what();
  };
  try {
    work();
  } finally {
    seen = ignore;
  }
  return done;
}

class Death extends Error {}

/** Does `work` and dies before the write that follows `writes` others: nothing catches it, as nothing of a thread runs after its end. */
export function diesAfter(writes: number, work: () => void): boolean {
  const die = (): never => {
    throw new Death();
  };
  try {
    return interrupted(writes, die, work, (access) => access === 'write');
  } catch (error) {
    if (error instanceof Death) return true;
    throw error;
  }
}

/** An allocator, attached like any other, every access of which to shared words is seen. */
export function instrumentedAllocator(handle: SharedAllocatorHandle): SharedAllocator {
  const { slot } = SharedAllocator.attach(handle);
  const state = new SharedState(handle);
  const wrapped: SharedState = {
    units: state.units,
    header: instrumented(state.header),
    totals: instrumented(state.totals),
    attached: instrumented(state.attached),
    tags: instrumented(state.tags),
    links: instrumented(state.links),
    previous: instrumented(state.previous),
    slots: state.slots.map(({ counts, magazines, figures }) => ({
      counts: instrumented(counts),
      magazines: instrumented(magazines),
      figures: instrumented(figures),
    })),
  };
  return new SharedAllocator(handle, wrapped, slot);
}

export function instrumented<T extends Words>(words: T): T {
  const proxy = new Proxy(words, {
    get(target, property): unknown {
      if (typeof property === 'string' && /^\d/.test(property)) see(proxy, 'read');
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        see(proxy, 'write');
        return Reflect.apply(value, target, args) as unknown;
      };
    },
    set(target, property, value): boolean {
      see(proxy, 'write');
      return Reflect.set(target, property, value, target);
    },
  });
  originals.set(proxy, words);
  return proxy;
}

/** Makes `Atomics` take instrumented words. Undone with all other mocks. */
export function instrumentAtomics(): void {
  const { load, store, exchange, compareExchange, notify, wait } = Atomics;
  jest.spyOn(Atomics, 'load').mockImplementation(((words: Int32Array, i: number) => load(see(words, 'read'), i)) as typeof load);
  jest
    .spyOn(Atomics, 'store')
    .mockImplementation(((words: Int32Array, i: number, value: number) => store(see(words, 'write'), i, value)) as typeof store);
  jest
    .spyOn(Atomics, 'exchange')
    .mockImplementation(((words: Int32Array, i: number, value: number) => exchange(see(words, 'write'), i, value)) as typeof exchange);
  jest
    .spyOn(Atomics, 'compareExchange')
    .mockImplementation(((words: Int32Array, i: number, from: number, to: number) =>
      compareExchange(see(words, 'write'), i, from, to)) as typeof compareExchange);
  jest
    .spyOn(Atomics, 'notify')
    .mockImplementation(((words: Int32Array, i: number, n: number) => notify(see(words, 'read'), i, n)) as typeof notify);
  jest
    .spyOn(Atomics, 'wait')
    .mockImplementation(((words: Int32Array, i: number, value: number, millis: number) =>
      wait(see(words, 'read'), i, value, millis)) as typeof wait);
}

/** Returns what can be accessed. */
function see(words: object, access: Access): Int32Array {
  const original = originals.get(words);
  if (original !== undefined) seen(access);
  return (original ?? words) as Int32Array;
}

function ignore(): void {}
