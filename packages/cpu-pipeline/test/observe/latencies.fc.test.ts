import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Latencies } from '../../src/observe/latencies.ts';

const latency = fc.double({ min: 0, max: 1e6, noNaN: true });

test('quantiles are exact as long as all latencies are kept', () => {
  fc.assert(
    fc.property(fc.array(latency, { maxLength: 200 }), fc.double({ min: 0.01, max: 1, noNaN: true }), (values, quantile) => {
      const latencies = new Latencies(200);
      latencies.add(1e9);
      latencies.clear();
      for (const value of values) latencies.add(value);
      expect(latencies.count).toBe(values.length);
      const found = latencies.quantile(quantile);
      if (values.length === 0) expect(found).toBeUndefined();
      else {
        const share = (passes: (value: number) => boolean) => values.filter(passes).length / values.length;
        expect(values).toContain(found);
        expect(share((value) => value <= found!)).toBeGreaterThanOrEqual(quantile - 1e-9);
        expect(share((value) => value < found!)).toBeLessThan(quantile + 1e-9);
      }
    }),
  );
});

test('beyond that they are those of a uniform sample', () => {
  const latencies = new Latencies(1000);
  const count = 100_000;
  // Rising: a sample that favoured early or late ones would be far off.
  for (let i = 0; i < count; i++) latencies.add(i);
  expect(latencies.count).toBe(count);
  // The standard deviation of a quantile of 1000 is at most 1.6 %: these are six of them.
  for (const quantile of [0.1, 0.5, 0.95]) expect(Math.abs(latencies.quantile(quantile)! / count - quantile)).toBeLessThan(0.1);
});
