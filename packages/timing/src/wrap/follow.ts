import { types } from 'node:util';
import { followAsyncGenerator, followGenerator } from './iterator.ts';
import { followNodeStream } from './node-stream.ts';
import { followPromise, isOwnPromise } from './promise.ts';
import type { FollowOptions, Follower, Run } from './run.ts';
import { dataProperty } from './shadow.ts';
import { followThenable } from './thenable.ts';
import { followWebStream } from './web-stream.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- each follower takes what `followerOf` found the result to be
type AnyFollower = Follower<any>;

const { isProxy, isGeneratorObject } = types;

/** Prototypes whose objects are neither generators nor streams: for most results one look-up settles it. */
const ordinary = new WeakSet<object>();
let lastOrdinary: object | null = null;

/**
 * How to follow a result that is not at its end when it is returned; `undefined` for all others. Runs no code of the result's: getters are
 * not read, and proxies are left alone.
 */
export function followerOf(result: object): AnyFollower | undefined {
  try {
    if (isOwnPromise(result)) return followPromise;
    if (isProxy(result)) return undefined;
    if ('then' in result) return typeof dataProperty(result, 'then') === 'function' ? followThenable : undefined;
    const prototype: object | null = Object.getPrototypeOf(result);
    if (prototype === lastOrdinary || prototype === null) return undefined;
    if (ordinary.has(prototype)) {
      lastOrdinary = prototype;
      return undefined;
    }
    return followerByPrototype(result, prototype);
  } catch {
    return undefined;
  }
}

/** Has `follower` follow `result`. One that cannot, such as a stream whose accessors throw, counts as ended at once. */
export function follow(result: object, follower: AnyFollower, run: Run, options: FollowOptions): object {
  try {
    return follower(result, run, options);
  } catch {
    run.succeed(result);
    return result;
  }
}

function followerByPrototype(result: object, prototype: object): AnyFollower | undefined {
  if (isGeneratorObject(result)) return Symbol.asyncIterator in result ? followAsyncGenerator : followGenerator;
  if (result instanceof ReadableStream) return followWebStream;
  if (has(prototype, 'emit', 'on', 'read', 'pipe') || has(prototype, 'emit', 'on', 'write', 'end')) return followNodeStream;
  ordinary.add(prototype);
  return undefined;
}

function has(object: object, ...methods: string[]): boolean {
  return methods.every((method) => typeof dataProperty(object, method) === 'function');
}
