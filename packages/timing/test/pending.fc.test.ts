import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { timeFunction } from '../src/index.ts';
import { fakeClock } from './support/clock.ts';
import { bench } from './support/collector.ts';
import { afterGarbageCollection } from './support/garbage.ts';

type Call = Pick<PromiseWithResolvers<number>, 'promise' | 'resolve' | 'reject'>;

const kinds: Record<string, (call: Call) => Promise<number>> = {
  'an async function': async ({ promise }) => promise,
  'a function that returns a promise': ({ promise }) => promise,
};

/** When it begins, how long it takes, and what it comes to. */
const calls = fc.array(fc.record({ begins: fc.nat(100), takes: fc.nat(100), fails: fc.boolean() }), { minLength: 1, maxLength: 200 });

test.each(Object.entries(kinds))('calls of %s that overlap in any way are each recorded with their own time and outcome', async (_, fn) => {
  await fc.assert(
    fc.asyncProperty(fc.array(calls, { minLength: 1, maxLength: 3 }), async (rounds) => {
      const clock = fakeClock();
      const { collector, metrics } = bench({ clock });
      const timed = timeFunction('call', { collector })(fn);
      const expected: string[] = [];
      for (const round of rounds) {
        const last = clock.at;
        const steps = round.flatMap(({ begins, takes, fails }, i) => {
          const call = Promise.withResolvers<number>();
          let outcome: Promise<unknown>;
          expected.push(`${takes / 1000} ${fails ? 'RangeError' : ''}`);
          return [
            {
              at: last + begins,
              order: 0,
              take: () =>
                void (outcome = timed(call).then(
                  (value) => value,
                  (reason: unknown) => reason,
                )),
            },
            {
              at: last + begins + takes,
              order: 1,
              take: async () => {
                const what = fails ? new RangeError(String(i)) : i;
                if (fails) call.reject(what);
                else call.resolve(i);
                expect(await outcome).toBe(what);
              },
            },
          ];
        });
        for (const { at, take } of steps.toSorted((a, b) => a.at - b.at || a.order - b.order)) {
          clock.at = at;
          // oxlint-disable-next-line no-await-in-loop -- one after the other is what is tested
          await take();
        }
      }
      const recorded = metrics().map(({ value, tags }) => `${value} ${tags['error.type'] ?? ''}`);
      expect(recorded.toSorted()).toEqual(expected.toSorted());
    }),
    { numRuns: 40 },
  );
});

test('what a call was made on is not kept once it has settled', async () => {
  const { collector } = bench();
  class Service {
    @timeFunction('work', { collector })
    async work(fails: boolean): Promise<void> {
      if (fails) throw new Error('no');
    }
  }
  let gone = 0;
  const registry = new FinalizationRegistry(() => gone++);
  const use = async (fails: boolean): Promise<void> => {
    const service = new Service();
    registry.register(service, undefined);
    await service.work(fails).catch(() => {});
  };
  await use(false);
  await use(true);
  const collected = await afterGarbageCollection(
    () => gone,
    (count) => count === 2,
  );
  expect(collected).toBe(2);
});
