import { describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExponentialHistogram, Histogram, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { canonicalKey } from '../../src/attributes/canonical.ts';
import { start } from '../memory/threads.ts';
import { perform, VIEWS, type Part } from './calls.ts';
import { fold } from './fold.ts';
import { normalise, type NormalMetric } from './normalise.ts';
import { createOurs, createSdk, cumulative, delta } from './providers.ts';

// Threads start slowly on a busy machine.
jest.setTimeout(60_000);

const CALLS = 100_000;

/** In an order of their own, since that of series is a matter of which thread was first; and with the SDK what views make comes first. */
function totals(resourceMetrics: ResourceMetrics): { readonly name: string }[] {
  const metrics = normalise(resourceMetrics).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return metrics.map((metric) => ({
    ...metric,
    points: metric.points
      .map(([attributes, value]) => [
        canonicalKey(attributes),
        metric.kind === 'EXPONENTIAL_HISTOGRAM' ? fold(value as ExponentialHistogram) : value,
      ])
      .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
  }));
}

/** The counts and sums that can be added up, by series. */
function additive(metrics: readonly NormalMetric[]): Map<string, number> {
  const values = new Map<string, number>();
  for (const { name, kind, points } of metrics) {
    if (kind === 'GAUGE') continue;
    for (const [attributes, value] of points) {
      const key = `${name} ${canonicalKey(attributes)}`;
      if (typeof value === 'number') values.set(key, value);
      else {
        values.set(`${key} count`, (value as Histogram).count);
        values.set(`${key} sum`, (value as Histogram).sum!);
      }
    }
  }
  return values;
}

describe('calls from several threads', () => {
  it.each([1, 2, 4])('make what the SDK has of all of them in one thread: %i', async (threads) => {
    const sdkReader = cumulative();
    const sdk = createSdk({ readers: [sdkReader], views: VIEWS });
    perform(sdk, { thread: 0, threads: 1, calls: CALLS });
    const expected = await sdkReader.read();
    await sdk.shutdown();

    const [total, change] = [cumulative(), delta()];
    const ours = createOurs({ readers: [total, change], views: VIEWS });
    const url = new URL('./fixtures/perform.ts', import.meta.url);
    const parts = Array.from({ length: threads }, (_, thread): Part => ({ thread, threads, calls: CALLS }));
    await using stack = new AsyncDisposableStack();
    const workers = parts.map((part) => stack.use(start<string>(url, part)));
    for (const { next } of workers) expect(await next()).toBe('ready');
    const running = new Set(workers);
    for (const worker of workers) {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of Node's has none
      worker.thread.postMessage('go');
      void worker
        .next()
        .finally(() => running.delete(worker))
        .catch(() => undefined);
    }

    const changes = new Map<string, number>();
    let before = new Map<string, number>();
    let collections = 0;
    const collect = async () => {
      for (const [key, value] of additive(normalise((await change.read()).resourceMetrics)))
        changes.set(key, (changes.get(key) ?? 0) + value);
      const now = additive(normalise((await total.read()).resourceMetrics));
      for (const [key, value] of before)
        if (!/^(connections|o\.balance)/.test(key)) expect([key, now.get(key)! >= value]).toEqual([key, true]);
      before = now;
      collections++;
    };
    while (running.size > 0) {
      await collect();
      await sleep(1);
    }
    await collect();
    expect(collections).toBeGreaterThan(1);
    // Threads that were at work all the time answer for their callbacks a moment later.
    for (let i = 0; i < 200 && before.get('o.calls [["kind","all"]]') !== CALLS; i++) await collect();
    await collect();
    expect(totals((await total.read()).resourceMetrics)).toEqual(totals(expected.resourceMetrics));
    expect(changes).toEqual(additive(normalise(expected.resourceMetrics)));

    // What was counted stays when the threads have ended.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port of Node's has none
    for (const { thread } of workers) thread.postMessage('end');
    await Promise.all(workers.map(({ ended }) => ended));
    const kept = totals(expected.resourceMetrics).filter(({ name }) => !/^(o\.balance|o\.last)$/.test(name));
    expect(totals((await total.read()).resourceMetrics)).toEqual(kept);
    await ours.shutdown();
  });
});
