import { describe, expect, test } from '@jest/globals';
import { measureThroughput } from '../src/index.ts';
import { bench } from './support/collector.ts';
import { fakeClock } from './support/clock.ts';
import { warnings } from './support/diag.ts';

describe('measureThroughput', () => {
  test('records items per second, and counts the items', async () => {
    const clock = fakeClock();
    const { collector, metrics, points } = bench({ clock });
    const embed = measureThroughput('embed', 32, { collector })(function embed() {
      clock.at += 500;
    });
    embed();
    embed();
    expect(metrics().map(({ name, type, value, source }) => [name, type, value, source])).toEqual([
      ['embed_throughput', 'throughput', 64, 'embed'],
      ['embed_throughput_items', 'counter', 32, 'embed'],
      ['embed_throughput', 'throughput', 64, 'embed'],
      ['embed_throughput_items', 'counter', 32, 'embed'],
    ]);
    expect(await points('embed_throughput_items')).toEqual([[64, {}]]);
  });

  test('takes the number of items from the arguments or from what the call resolves to', async () => {
    const clock = fakeClock();
    const { collector, metrics } = bench({ clock });
    const batchSize = ([texts]: [string[]], result: number[]): number => texts.length + result.length;
    const embed = measureThroughput('embed', batchSize, { collector })(async (texts: string[]) => {
      clock.at += 1000;
      return texts.map(() => 1);
    });
    await embed(['a', 'b']);
    expect(metrics().map(({ value }) => value)).toEqual([4, 4]);
  });

  test('counts a call that fails as one of no items', () => {
    const clock = fakeClock();
    const { collector, metrics } = bench({ clock });
    const fail = measureThroughput('embed', 32, { collector })(() => {
      clock.at += 1000;
      throw new TypeError('no');
    });
    expect(fail).toThrow('no');
    expect(metrics().map(({ name, value, tags }) => [name, value, tags['error.type']])).toEqual([
      ['embed_throughput', 0, 'TypeError'],
      ['embed_throughput_items', 0, 'TypeError'],
    ]);
  });

  test('records no rate when no time has passed', () => {
    const { collector, log } = bench({ clock: fakeClock() });
    measureThroughput('embed', 1, { collector })(function embed() {})();
    expect(log()).toEqual(['embed embed_throughput_items']);
  });

  test('records nothing, with one warning, when batchSize throws', async () => {
    const { collector, log } = bench();
    const batchSize = (): never => {
      throw new Error('hook');
    };
    const embed = measureThroughput('embed', batchSize, { collector })((n: number) => n);
    expect(await warnings(() => expect([embed(1), embed(2)]).toEqual([1, 2]))).toEqual([expect.stringContaining('"embed" threw')]);
    expect(log()).toEqual([]);
  });
});
