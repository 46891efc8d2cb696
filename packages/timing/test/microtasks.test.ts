import { describe, expect, test } from '@jest/globals';
import { timeFunction, type AnyFunction } from '../src/index.ts';
import { bench } from './support/collector.ts';

const { collector } = bench();
const timed = timeFunction('op', { collector });
const timedSame = timeFunction('op', { collector, samePromise: true });
const plain = <Fn extends AnyFunction>(fn: Fn): Fn => fn;

/** Runs a program beside a clock that ticks once per microtask, and returns at which tick it logged what. */
async function ticks(program: (log: (what: string) => void) => void): Promise<[string, number][]> {
  const entries: [string, number][] = [];
  let tick = 0;
  program((what) => entries.push([what, tick]));
  while (tick < 20) {
    // oxlint-disable-next-line no-await-in-loop -- each await is one microtask
    await undefined;
    tick++;
  }
  return entries;
}

/** A query builder as knex or Prisma make them: it runs when `then` is called. */
class Query implements PromiseLike<string> {
  runs = 0;
  // oxlint-disable-next-line unicorn/no-thenable -- what is tested
  then<A = string, B = never>(
    fulfilled?: ((value: string) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.runs++;
    return Promise.resolve('rows').then(fulfilled, rejected);
  }
}

class SubPromise<T> extends Promise<T> {}

const programs: Record<string, (wrap: typeof plain) => (log: (what: string) => void) => void> = {
  'a function that returns no promise': (wrap) => (log) => {
    const fn = wrap((n: number) => n);
    void (async () => {
      log(`before ${fn(1)}`);
      await undefined;
      log(`after ${fn(2)}`);
    })();
    queueMicrotask(() => log(`microtask ${fn(3)}`));
  },
  'a thenable': (wrap) => (log) => {
    const fn = wrap(() => new Query());
    void (async () => log(`awaited ${String(await fn())}`))();
    void fn().then((rows) => log(`then ${rows}`));
    void Promise.resolve()
      .then(() => fn())
      .then((rows) => log(`chained ${String(rows)}`));
  },
  'a subclass of Promise': (wrap) => (log) => {
    const fn = wrap(() => SubPromise.resolve(1));
    void (async () => log(`awaited ${await fn()}`))();
    void fn().then((value) => log(`then ${value}`));
    fn().finally(() => log('finally'));
    const failing = wrap(() => SubPromise.reject(new Error('no')));
    failing().catch(() => log('caught'));
  },
  'a generator': (wrap) => (log) => {
    const fn = wrap(function* (): Generator<number, number, string> {
      log(`got ${String(yield 1)}`);
      return 2;
    });
    const generator = fn();
    log(JSON.stringify(generator.next()));
    void Promise.resolve().then(() => log(JSON.stringify(generator.next('x'))));
  },
};

describe('microtask order', () => {
  test.each(Object.entries(programs))('is exactly as without timing for %s', async (_name, program) => {
    expect(await ticks(program(timed))).toEqual(await ticks(program(plain)));
  });

  const native = (wrap: typeof plain) => (log: (what: string) => void) => {
    const fn = wrap(async (name: string) => name);
    const late = wrap(async (name: string) => {
      await undefined;
      return name;
    });
    const failing = wrap(async (name: string) => Promise.reject(new Error(name)));
    void (async () => log(`awaited ${await fn('a')}`))();
    void fn('b').then((name) => log(`then ${name}`));
    void late('c').then((name) => log(`then ${name}`));
    failing('d').catch((error: Error) => log(`caught ${error.message}`));
    fn('e').finally(() => log('finally e'));
  };

  test('with samePromise is exact for native promises', async () => {
    expect(await ticks(native(timedSame))).toEqual(await ticks(native(plain)));
  });

  test('for native promises otherwise is one microtask later, in the same order', async () => {
    const expected = (await ticks(native(plain))).map(([what, tick]) => [what, tick + 1]);
    expect(await ticks(native(timed))).toEqual(expected);
  });
});

test('a lazy thenable is run by its consumer alone, and as often as it asks', async () => {
  const query = timed(() => new Query())();
  expect(query.runs).toBe(0);
  await query;
  expect(query.runs).toBe(1);
  await query;
  expect(query.runs).toBe(2);
});
