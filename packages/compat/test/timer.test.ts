import { describe, expect, test } from '@jest/globals';
import { Timer, TimingResult } from '../src/timing_utilities.ts';

describe('Timer', () => {
  test('is named Operation unless told otherwise', () => {
    expect(new Timer().operation_name).toBe('Operation');
    expect(new Timer('load').operation_name).toBe('load');
  });

  test('its times are null before use and after reset', () => {
    const timer = new Timer();
    const times = () => [timer.start_time, timer.end_time, timer.elapsed_time];
    expect(times()).toEqual([null, null, null]);
    timer.start();
    expect(times()).toEqual([expect.any(Number), null, null]);
    timer.stop();
    expect(times()).toEqual([expect.any(Number), expect.any(Number), expect.any(Number)]);
    timer.reset();
    expect(times()).toEqual([null, null, null]);
  });

  test('stop returns the elapsed seconds', () => {
    const timer = new Timer();
    timer.start();
    const elapsed = timer.stop();
    expect(elapsed).toBe(timer.elapsed_time);
    expect(elapsed).toBeGreaterThanOrEqual(0);
    expect(timer.end_time! - timer.start_time!).toBeCloseTo(elapsed, 3);
  });

  test('stop throws when never started, and after reset', () => {
    const timer = new Timer('load');
    expect(() => timer.stop()).toThrow('"load"');
    timer.start();
    timer.reset();
    expect(() => timer.stop()).toThrow('never started');
  });

  test('time_it gives the result and a TimingResult', () => {
    const timer = new Timer('add');
    const [sum, timing] = timer.time_it((a: number, b: number) => a + b, 1, 2);
    expect(sum).toBe(3);
    expect(timing).toBeInstanceOf(TimingResult);
    expect({ ...timing }).toEqual({
      execution_time: timer.elapsed_time,
      start_time: timer.start_time,
      end_time: timer.end_time,
      operation_name: 'add',
      metadata: {},
    });
  });

  test('time_it gives a promise of that pair for an async function', async () => {
    const timer = new Timer('add');
    const timed = timer.time_it(async (a: number, b: number) => a + b, 1, 2);
    expect(timed).toBeInstanceOf(Promise);
    const [sum, timing] = await timed;
    expect(sum).toBe(3);
    expect(timing).toBeInstanceOf(TimingResult);
    expect(timing.execution_time).toBe(timer.elapsed_time);
  });

  test('time_it stops also when the function fails, and lets its error through', async () => {
    const error = new Error('failed');
    const timer = new Timer();
    const fail = (): never => {
      throw error;
    };
    expect(() => timer.time_it(fail)).toThrow(error);
    expect(timer.elapsed_time).not.toBeNull();
    timer.reset();
    await expect(timer.time_it(async () => fail())).rejects.toBe(error);
    expect(timer.elapsed_time).not.toBeNull();
  });
});

describe('TimingResult', () => {
  test('has the documented fields; metadata defaults to {}', () => {
    expect(JSON.stringify(new TimingResult(0.5, 10, 10.5, 'load'))).toBe(
      '{"execution_time":0.5,"start_time":10,"end_time":10.5,"operation_name":"load","metadata":{}}',
    );
    expect(new TimingResult(0.5, 10, 10.5, 'load', { user: 1 }).metadata).toEqual({ user: 1 });
  });
});
