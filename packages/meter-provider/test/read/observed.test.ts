import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, jest } from '@jest/globals';
import { InstrumentType } from '@opentelemetry/sdk-metrics';
import { Arena, OBSERVE } from '../../src/memory/arena.ts';
import { Segment } from '../../src/memory/segment.ts';
import { cumulativeProducer, deltaProducer, observedCell, stream, values } from './by-hand.ts';

// Processes start slowly on a busy machine.
jest.setTimeout(60_000);

const COUNTER = stream(InstrumentType.OBSERVABLE_COUNTER, { kind: 'sum' });
const UP_DOWN = stream(InstrumentType.OBSERVABLE_UP_DOWN_COUNTER, { kind: 'sum' });
const GAUGE = stream(InstrumentType.OBSERVABLE_GAUGE, { kind: 'last-value' });

/** Two threads, which answer each request at once with what is said at the time. */
function answering(descriptor = COUNTER) {
  const arena = Arena.create(2 ** 20);
  const segments = [1, 2].map((id) => Segment.open(arena, id)!);
  const cells = segments.map((segment) => observedCell(segment, descriptor));
  const said: (number | undefined)[] = [];
  const observe = async () => {
    const request = Atomics.load(arena.i32, OBSERVE);
    for (const [i, segment] of segments.entries()) {
      if (said[i] !== undefined) cells[i]!.set(said[i], request);
      segment.observed(request);
    }
    return [];
  };
  const say = (...values: (number | undefined)[]) => said.splice(0, 2, ...values);
  return { arena, say, options: { observe, observeTimeoutMillis: 60_000 } };
}

describe('values of observable instruments in several threads', () => {
  it.each([
    ['of counters are added up', COUNTER, 8],
    ['of up-down counters are added up', UP_DOWN, 8],
    ['of gauges, that which was told last', GAUGE, 3],
  ])('%s', async (_, descriptor, expected) => {
    const { arena, say, options } = answering(descriptor);
    const producer = cumulativeProducer(arena, options);
    say(3, undefined);
    expect(await values(producer)).toEqual([3]);
    say(3, 5);
    await producer.collect();
    say(3, undefined);
    expect(await values(producer)).toEqual([expected]);
  });

  it('stay of counters when their thread ends, and go with it of what may fall', async () => {
    for (const [descriptor, kept] of [
      [COUNTER, [8]],
      [UP_DOWN, [5]],
      [GAUGE, [5]],
    ] as const) {
      const { arena, say, options } = answering(descriptor);
      const [total, change] = [cumulativeProducer(arena, options), deltaProducer(arena, options)];
      say(3, 5);
      await total.collect();
      await change.collect();
      Segment.end(arena, 1);
      say(undefined, 5);
      expect(await values(total)).toEqual(kept);
      // What has gone is gone from the sum of all deltas too.
      expect(await values(change)).toEqual(descriptor === COUNTER ? [0] : descriptor === UP_DOWN ? [-3] : [5]);
      Segment.end(arena, 2);
      say(undefined, undefined);
      expect(await values(total)).toEqual(descriptor === COUNTER ? [8] : []);
      expect(await values(change)).toEqual([]);
    }
  });

  it('of counters: that one thread begins anew does not count twice what the others have', async () => {
    const { arena, say, options } = answering();
    const change = deltaProducer(arena, options);
    say(100, 50);
    expect(await values(change)).toEqual([150]);
    say(5, 51);
    expect(await values(change)).toEqual([6]);
  });

  it('tell each reader what has changed since it came by, whoever had it said', async () => {
    const { arena, say, options } = answering();
    const [first, second] = [deltaProducer(arena, options), deltaProducer(arena, options)];
    say(1, undefined);
    expect(await values(first)).toEqual([1]);
    say(4, undefined);
    expect(await values(first)).toEqual([3]);
    say(undefined, undefined);
    expect(await values(second)).toEqual([4]);
    expect(await values(first)).toEqual([]);
  });
});

describe('threads that do not answer', () => {
  function silent() {
    const arena = Arena.create(2 ** 20);
    const segment = Segment.open(arena, 1)!;
    const cell = observedCell(segment, COUNTER);
    cell.set(7, 1);
    return { arena, segment, cell };
  }

  it('tell what they told last, and are hardly waited for a second time until they have answered', async () => {
    const { arena, segment, cell } = silent();
    const producer = cumulativeProducer(arena, { observeTimeoutMillis: 1500 });
    const timed = async () => {
      const from = performance.now();
      const collected = await values(producer);
      return { collected, took: performance.now() - from };
    };
    expect((await timed()).collected).toEqual([7]);
    const second = await timed();
    expect(second.collected).toEqual([7]);
    expect(second.took).toBeLessThan(1000);
    // It makes up for what it missed, and from then on there is time for it again.
    segment.observed(Atomics.load(arena.i32, OBSERVE));
    const collecting = timed();
    await new Promise((resolve) => setTimeout(resolve, 200));
    cell.set(9, Atomics.load(arena.i32, OBSERVE));
    segment.observed(Atomics.load(arena.i32, OBSERVE));
    expect((await collecting).collected).toEqual([9]);
  });

  it('are waited for as long as the collection may take, at most', async () => {
    const { arena } = silent();
    const from = performance.now();
    await cumulativeProducer(arena, { observeTimeoutMillis: 60_000 }).collect({ timeoutMillis: 20 });
    expect(performance.now() - from).toBeLessThan(30_000);
  });

  it('are not waited for when they have ended', async () => {
    const { arena } = silent();
    Segment.end(arena, 1);
    expect(await values(cumulativeProducer(arena, { observeTimeoutMillis: 2 ** 31 - 1 }))).toEqual([7]);
  });

  it('do not let the process end before a collection that is waiting', async () => {
    const fixture = fileURLToPath(new URL('./fixtures/last-act.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@otel-perf/source', '--no-warnings', fixture], {
      timeout: 50_000,
    });
    expect(stdout).toBe('collected 7\n');
  });
});

describe('callbacks of this thread', () => {
  it('that fail are told beside what there is', async () => {
    const { arena } = answering();
    const error = new Error('thrown');
    const timeouts: unknown[] = [];
    const observe = async (timeoutMillis?: number) => {
      timeouts.push(timeoutMillis);
      return [error];
    };
    const producer = cumulativeProducer(arena, { observe, observeTimeoutMillis: 0 });
    expect((await producer.collect({ timeoutMillis: 123 })).errors).toEqual([error]);
    await producer.collect();
    expect(timeouts).toEqual([123, undefined]);
  });
});
