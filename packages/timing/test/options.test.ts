import { describe, expect, test } from '@jest/globals';
import { measureThroughput, timeBlock, timeExecution, timeFunction, trackResourceUsage } from '../src/index.ts';
import { bench } from './support/collector.ts';
import { warnings } from './support/diag.ts';

describe('attributes', () => {
  test('that are a record tag each call, with the values of the start', () => {
    const { collector, log } = bench();
    const attributes = { region: 'eu' };
    const call = timeFunction('op', { collector, attributes })(function call(fails = false) {
      if (fails) throw new TypeError('no');
    });
    attributes.region = 'us';
    call();
    expect(() => call(true)).toThrow('no');
    expect(log()).toEqual(['call op_time region=eu', 'call op_time error.type=TypeError region=eu']);
  });

  test('that are a function see arguments, result and error', async () => {
    const { collector, metrics } = bench();
    const attributes = ([n]: [number], result: number | undefined, error: unknown) => ({ n, result, failed: error instanceof RangeError });
    const double = timeFunction('op', { collector, attributes })(async (n: number) => {
      if (n < 0) throw new RangeError('negative');
      return n * 2;
    });
    await double(2);
    await expect(double(-1)).rejects.toThrow('negative');
    expect(metrics().map(({ tags }) => tags)).toEqual([
      { n: 2, result: 4, failed: false },
      { n: -1, failed: true, 'error.type': 'RangeError' },
    ]);
  });

  test('that throw give no tags, and one warning', async () => {
    const { collector, metrics } = bench();
    const attributes = (): never => {
      throw new Error('hook');
    };
    const call = timeFunction('op', { collector, attributes })(() => 1);
    const warned = await warnings(() => expect([call(), call()]).toEqual([1, 1]));
    expect(warned).toEqual([expect.stringContaining('attributes of "op" threw')]);
    expect(metrics().map(({ tags }) => tags)).toEqual([{}, {}]);
  });
});

describe('shouldSkip', () => {
  test('leaves calls out by their arguments', () => {
    const { collector, metrics } = bench();
    const call = timeFunction('op', { collector, shouldSkip: ([n]: number[]) => n === 0 })((n: number) => n);
    expect([call(0), call(1), call(0)]).toEqual([0, 1, 0]);
    expect(metrics()).toHaveLength(1);
  });

  test('that throws leaves nothing out, and gives one warning', async () => {
    const { collector, metrics } = bench();
    const shouldSkip = (): never => {
      throw new Error('hook');
    };
    const call = timeFunction('op', { collector, shouldSkip })((n: number) => n);
    const warned = await warnings(() => expect([call(0), call(1)]).toEqual([0, 1]));
    expect(warned).toEqual([expect.stringContaining('shouldSkip of "op" threw')]);
    expect(metrics()).toHaveLength(2);
  });
});

describe('options that are refused, where they are given', () => {
  const given = (value: unknown): never => value as never;
  test.each<[string, () => unknown]>([
    ['operationName must be a string that is not empty, not ""', () => timeFunction('')],
    ['operationName must be a string that is not empty, not function', () => timeFunction(given(() => {}))],
    ['operationName must be a string that is not empty, not undefined', () => timeExecution(given(undefined))],
    ['operationName must be a string that is not empty, not number', () => timeBlock(given(1))],
    ['options must be an object, not boolean', () => timeFunction('op', given(true))],
    ['collectMetrics must be a boolean, not "yes"', () => timeFunction('op', { collectMetrics: given('yes') })],
    ['collector must be a CentralizedMetricsCollector, not object', () => timeBlock('op', { collector: given({}) })],
    ['attributes must be an object or a function, not "a"', () => timeFunction('op', { attributes: given('a') })],
    ['attributes must be an object, not function', () => timeBlock('op', { attributes: given(() => {}) })],
    ['shouldSkip must be a function, not boolean', () => timeFunction('op', { shouldSkip: given(true) })],
    ['trackActive must be a boolean, not number', () => trackResourceUsage('op', { trackActive: given(1) })],
    ['span must be a boolean, not "s"', () => timeExecution('op', { span: given('s') })],
    ['samePromise must be a boolean, not object', () => timeFunction('op', { samePromise: given(null) })],
    ['memory must be a boolean, not number', () => trackResourceUsage('op', { memory: given(0) })],
    ['metadata must be an object, not "m"', () => timeBlock('op', { metadata: given('m') })],
    ['batchSize must be a finite number from 0, not -1', () => measureThroughput('op', -1)],
    ['batchSize must be a finite number from 0, not NaN', () => measureThroughput('op', NaN)],
    ['batchSize must be a number or a function, not "3"', () => measureThroughput('op', given('3'))],
  ])('%s', (message, make) => {
    expect(make).toThrow(message);
  });
});
