import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InputRoom } from '../../src/assemble/input-room.ts';
import { settle } from '../pipeline/helpers.ts';

const MOST = 100;

test('everybody has a turn, in order, and never more than there is room for', async () => {
  const leaving = fc.array(fc.nat(), { minLength: 60, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 150 }), { maxLength: 30 }), leaving, async (wanted, choices) => {
      const room = new InputRoom(MOST);
      const order: number[] = [];
      const inside: { bytes: number; lease: Disposable }[] = [];
      for (const [i, bytes] of wanted.entries()) {
        void Promise.resolve(room.take(bytes)).then((lease) => {
          order.push(i);
          inside.push({ bytes, lease });
        });
      }
      await settle();
      for (const choice of choices) {
        const taken = inside.reduce((sum, { bytes }) => sum + bytes, 0);
        expect(taken <= MOST || inside.length === 1).toBe(true);
        const [left] = inside.splice(choice % Math.max(1, inside.length), 1);
        left?.lease[Symbol.dispose]();
        await settle();
      }
      expect(order).toEqual([...wanted.keys()]);
      expect(inside).toHaveLength(0);
    }),
    { numRuns: 200 },
  );
});
