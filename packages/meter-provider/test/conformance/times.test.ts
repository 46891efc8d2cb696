import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { allPoints, toMillis } from './normalise.ts';
import { cumulative, delta, PROVIDERS, TestReader, type Provider } from './providers.ts';

interface Times {
  readonly start: number;
  readonly end: number;
}

/** By the attribute `n` of each point. */
function timesOf(resourceMetrics: ResourceMetrics): Record<string, Times> {
  return Object.fromEntries(
    allPoints(resourceMetrics).map(({ attributes, startTime, endTime }) => [
      String(attributes['n']),
      { start: toMillis(startTime), end: toMillis(endTime) },
    ]),
  );
}

describe.each(PROVIDERS)('times: %s', (_, create) => {
  let total: TestReader;
  let change: TestReader;
  let provider: Provider;

  beforeEach(() => {
    [total, change] = [cumulative(), delta()];
    provider = create({ readers: [total, change] });
  });
  afterEach(() => provider.shutdown());

  /** Of one collection, which must end while it is made. */
  async function times(reader: TestReader): Promise<Record<string, Times>> {
    const from = Date.now();
    const found = timesOf((await reader.read()).resourceMetrics);
    for (const { start, end } of Object.values(found)) {
      expect(start).toBeLessThanOrEqual(end);
      expect(end).toBeGreaterThanOrEqual(from);
      expect(end).toBeLessThanOrEqual(Date.now());
    }
    await sleep(3);
    return found;
  }

  it('a cumulative series begins with its first value, for ever', async () => {
    const counter = provider.getMeter('test').createCounter('requests');
    const from = Date.now();
    counter.add(1, { n: 1 });
    const to = Date.now();
    await sleep(3);
    const first = await times(total);
    expect(first['1']!.start).toBeGreaterThanOrEqual(from);
    expect(first['1']!.start).toBeLessThanOrEqual(to);
    counter.add(1, { n: 1 });
    counter.add(1, { n: 2 });
    const second = await times(total);
    expect(second['1']!.start).toBe(first['1']!.start);
    expect(second['1']!.end).toBeGreaterThan(first['1']!.end);
    expect(second['2']!.start).toBeGreaterThanOrEqual(first['1']!.end);
    expect(second['2']!.end).toBe(second['1']!.end);
  });

  it('a delta begins where the one before ended, the first one with its first value', async () => {
    const histogram = provider.getMeter('test').createHistogram('duration');
    const from = Date.now();
    histogram.record(1, { n: 1 });
    const first = await times(change);
    expect(first['1']!.start).toBeGreaterThanOrEqual(from);
    histogram.record(1, { n: 1 });
    histogram.record(1, { n: 2 });
    const second = await times(change);
    expect(second['1']!.start).toBe(first['1']!.end);
    expect(second['2']!.start).toBeGreaterThanOrEqual(first['1']!.end);
    histogram.record(1, { n: 2 });
    expect((await times(change))['2']!.start).toBe(second['2']!.end);
  });

  it('of observable instruments', async () => {
    const meter = provider.getMeter('test');
    meter.createObservableCounter('cpu').addCallback((result) => result.observe(1, { n: 1 }));
    meter.createObservableGauge('temperature').addCallback((result) => result.observe(1, { n: 2 }));
    const first = await times(total);
    const firstChange = await times(change);
    const second = await times(total);
    const secondChange = await times(change);
    for (const n of ['1', '2']) {
      expect(second[n]!.start).toBe(first[n]!.start);
      expect(secondChange[n]!.start).toBe(firstChange[n]!.end);
    }
  });

  it('are hr times: whole seconds, and nanoseconds below a second', async () => {
    provider.getMeter('test').createCounter('requests').add(1);
    for (const { startTime, endTime } of allPoints((await total.read()).resourceMetrics)) {
      for (const [seconds, nanos] of [startTime, endTime]) {
        expect(Number.isInteger(seconds) && Number.isInteger(nanos) && nanos >= 0 && nanos < 1e9).toBe(true);
      }
    }
  });
});
