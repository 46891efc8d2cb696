import { describe, expect, test } from '@jest/globals';
import { Timer } from '../src/index.ts';

describe('Timer', () => {
  test('has no times before it is used, nor after reset', () => {
    const timer = new Timer();
    const state = (): unknown[] => [timer.operationName, timer.startTime, timer.endTime, timer.elapsedTime];
    expect(state()).toEqual(['Operation', null, null, null]);
    timer.start();
    timer.stop();
    expect(state()).not.toContain(null);
    timer.reset();
    expect(state()).toEqual(['Operation', null, null, null]);
  });

  test('returns from stop() what it has as elapsed time, the difference of its Unix times', () => {
    const timer = new Timer('load');
    timer.start();
    expect(timer.stop()).toBe(timer.elapsedTime);
    expect(timer.endTime! - timer.startTime!).toBeCloseTo(timer.elapsedTime!, 4);
    expect(Math.abs(timer.startTime! * 1000 - Date.now())).toBeLessThan(60_000);
  });

  test('cannot be stopped before it was started, nor after reset', () => {
    const timer = new Timer('load');
    expect(() => timer.stop()).toThrow('the timer of "load" was never started');
    timer.start();
    timer.reset();
    expect(() => timer.stop()).toThrow('never started');
  });

  test('starts anew', () => {
    const timer = new Timer();
    timer.start();
    timer.stop();
    timer.start();
    expect(timer.elapsedTime).toBeNull();
  });

  test('times a function, and gives its result beside the timing', () => {
    const timer = new Timer('add');
    const [sum, timing] = timer.timeIt((a: number, b: number) => a + b, 1, 2);
    expect(sum).toBe(3);
    expect(timing).toEqual({
      operationName: 'add',
      executionTime: timer.elapsedTime,
      startTime: timer.startTime,
      endTime: timer.endTime,
      metadata: {},
    });
  });

  test('times an async function to its settling', async () => {
    const timer = new Timer();
    const { promise, resolve } = Promise.withResolvers<string>();
    const pair = timer.timeIt(() => promise);
    expect(timer.endTime).toBeNull();
    resolve('done');
    expect((await pair)[0]).toBe('done');
    expect(timer.endTime).not.toBeNull();
  });

  test('is stopped when the function fails, and lets the error through', async () => {
    const error = new Error('no');
    const failing = (): never => {
      throw error;
    };
    const timer = new Timer();
    expect(() => timer.timeIt(failing)).toThrow(error);
    expect(timer.elapsedTime).not.toBeNull();
    timer.reset();
    await expect(timer.timeIt(async () => failing())).rejects.toBe(error);
    expect(timer.elapsedTime).not.toBeNull();
  });
});
