import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judge } from '../../src/report/diff/judge.ts';
import { events } from './pictures.ts';

/** The generator of Park and Miller: the same numbers at every run. */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ; ) {
    state = (state * 48_271) % 2_147_483_647;
    yield state / 2_147_483_647;
  }
}

test('of a thousand pairs of samples of one distribution hardly any is told to differ', () => {
  const random = numbers(20_251_123);
  const sample = (): number[] => Array.from({ length: 120 }, () => Math.exp(4 * random.next().value));
  let told = 0;
  for (let i = 0; i < 1000; i++) if (judge(events('a', sample()), events('a', sample())) !== 'unclear') told++;
  expect(told).toBeLessThanOrEqual(10);
});

test('the other way round, the other result', () => {
  const opposite = { higher: 'lower', lower: 'higher' } as const;
  const values = fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(values, values, fc.constantFrom(1, 3), (a, b, factor) => {
      const [before, after] = [
        events('a', a),
        events(
          'a',
          b.map((value) => value * factor),
        ),
      ];
      const result = judge(before, after);
      const back = judge(after, before);
      // What is just below a hundredth of one side may be one of the other.
      if (result !== 'unclear' && back !== 'unclear') expect(back).toBe(opposite[result as 'higher'] ?? result);
    }),
  );
});
