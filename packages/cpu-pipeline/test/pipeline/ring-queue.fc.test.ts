import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RingQueue } from '../../src/pipeline/ring-queue.ts';

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('push' as const), times: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('shift' as const), times: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('retain' as const), times: fc.integer({ min: 2, max: 5 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drain' as const), times: fc.constant(1) }) },
);

test('a ring queue does what an array does', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new RingQueue<number>();
      let model: number[] = [];
      let next = 0;
      for (const { kind, times } of steps) {
        if (kind === 'retain') {
          queue.retain((value) => value % times === 0);
          model = model.filter((value) => value % times === 0);
        } else if (kind === 'drain') {
          expect(queue.drain()).toEqual(model);
          model = [];
        } else {
          for (let i = 0; i < times; i++) {
            if (kind === 'push') {
              queue.push(next);
              model.push(next++);
            } else expect(queue.shift()).toBe(model.shift());
          }
        }
        expect(queue.length).toBe(model.length);
        expect(queue.peek()).toBe(model[0]);
      }
      expect(queue.drain()).toEqual(model);
    }),
  );
});
