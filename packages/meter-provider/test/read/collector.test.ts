import { describe, expect, it } from '@jest/globals';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { InstrumentType } from '@opentelemetry/sdk-metrics';
import { Arena } from '../../src/memory/arena.ts';
import { Segment } from '../../src/memory/segment.ts';
import { createProducer } from '../../src/read/collector.ts';
import { cell, COUNTER, cumulativeProducer, deltaProducer, EXPONENTIAL, HISTOGRAM, points, stream, values } from './by-hand.ts';

function threads(count: number): { arena: Arena; segments: Segment[] } {
  const arena = Arena.create(2 ** 20);
  return { arena, segments: Array.from({ length: count }, (_, id) => Segment.open(arena, id + 1)!) };
}

describe('createProducer', () => {
  it.each([-1, Number.NaN, Infinity, 2 ** 31])('refuses an observeTimeoutMillis of %d', (observeTimeoutMillis) => {
    const { arena } = threads(0);
    expect(() => cumulativeProducer(arena, { observeTimeoutMillis })).toThrow(
      new RangeError(`observeTimeoutMillis must be from 0 to 2147483647, not ${observeTimeoutMillis}`),
    );
  });

  it('collects the resource that it was given, and nothing where there is nothing', async () => {
    const { arena } = threads(1);
    const resource = resourceFromAttributes({ 'service.name': 'here' });
    expect(await createProducer({ arena, resource }).collect()).toEqual({ resourceMetrics: { resource, scopeMetrics: [] }, errors: [] });
  });

  it('adds threads up', async () => {
    const { arena, segments } = threads(3);
    for (const [i, segment] of segments.entries()) {
      cell(segment, COUNTER).record(2 ** i);
      cell(segment, HISTOGRAM).record(2 ** (i + 1));
    }
    expect(await values(cumulativeProducer(arena))).toEqual([
      7,
      { count: 3, sum: 14, min: 2, max: 8, buckets: { boundaries: [2, 4, 8], counts: [1, 1, 1, 0] } },
    ]);
  });

  it('begins a series when the first of the threads did', async () => {
    const { arena, segments } = threads(2);
    const producer = cumulativeProducer(arena);
    cell(segments[0]!, COUNTER, {}, 5_250).record(1);
    expect((await points(producer))[0]!.startTime).toEqual([5, 250_000_000]);
    cell(segments[1]!, COUNTER, {}, 4_001).record(1);
    expect((await points(producer))[0]!.startTime).toEqual([4, 1_000_000]);
  });

  it('has deltas of each reader apart, however many there are', async () => {
    const { arena, segments } = threads(2);
    const producers = [deltaProducer(arena), deltaProducer(arena)];
    const [first, second] = segments.map((segment) => cell(segment, COUNTER));
    first!.record(1);
    expect(await values(producers[0]!)).toEqual([1]);
    second!.record(2);
    first!.record(4);
    expect(await values(producers[0]!)).toEqual([6]);
    expect(await values(producers[1]!)).toEqual([7]);
    expect(await values(producers[0]!)).toEqual([]);
    expect(await values(deltaProducer(arena))).toEqual([7]);
  });

  it('does not count anything twice in deltas that are collected at the same time', async () => {
    const { arena, segments } = threads(1);
    const producer = deltaProducer(arena);
    cell(segments[0]!, COUNTER).record(3);
    const all = await Promise.all([values(producer), values(producer), values(producer)]);
    expect(all.flat()).toEqual([3]);
  });

  it('gives streams that are meant for some readers to these alone', async () => {
    const { arena, segments } = threads(1);
    const names = { 'all.have.it': undefined, 'first.has.it': [0], 'first.and.second.have.it': [0, 1] };
    for (const [name, readers] of Object.entries(names))
      cell(segments[0]!, { ...COUNTER, name, ...(readers === undefined ? {} : { readers }) }).record(1);
    const namesOf = async (readerIndex?: number) => {
      const producer = cumulativeProducer(arena, readerIndex === undefined ? {} : { readerIndex });
      const { resourceMetrics } = await producer.collect();
      return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics.map(({ descriptor }) => descriptor.name));
    };
    expect(await namesOf(0)).toEqual(['all.have.it', 'first.has.it', 'first.and.second.have.it']);
    expect(await namesOf(1)).toEqual(['all.have.it', 'first.and.second.have.it']);
    expect(await namesOf(2)).toEqual(['all.have.it']);
    expect(await namesOf()).toEqual(['all.have.it']);
  });

  it.each([
    ['histograms', HISTOGRAM],
    ['exponential histograms', EXPONENTIAL],
    ['gauges', stream(InstrumentType.GAUGE, { kind: 'last-value' })],
  ])('leaves out %s without values', async (_, descriptor) => {
    const { arena, segments } = threads(2);
    const cells = segments.map((segment) => cell(segment, descriptor));
    const producers = [cumulativeProducer(arena), deltaProducer(arena)];
    for (const producer of producers) expect(await values(producer)).toEqual([]);
    cells[1]!.record(1);
    for (const producer of producers) expect(await values(producer)).toHaveLength(1);
  });

  it('has the longest description that there is, once it is there', async () => {
    const { arena, segments } = threads(2);
    const producer = cumulativeProducer(arena);
    const description = async () => (await producer.collect()).resourceMetrics.scopeMetrics[0]!.metrics[0]!.descriptor.description;
    cell(segments[0]!, { ...COUNTER, description: 'ab' }).record(1);
    expect(await description()).toBe('ab');
    cell(segments[1]!, { ...COUNTER, description: 'abc' }).record(2);
    expect(await description()).toBe('abc');
    expect(await values(producer)).toEqual([3]);
  });

  it('has no sum of what may be negative, and one that only rises of what may not', async () => {
    const { arena, segments } = threads(1);
    const { aggregation } = HISTOGRAM;
    for (const type of [InstrumentType.GAUGE, InstrumentType.UP_DOWN_COUNTER, InstrumentType.COUNTER, InstrumentType.HISTOGRAM])
      cell(segments[0]!, stream(type, aggregation)).record(1);
    for (const producer of [cumulativeProducer(arena), deltaProducer(arena)])
      expect((await values(producer)).map((value) => (value as { sum?: number }).sum)).toEqual([undefined, undefined, 1, 1]);
  });
});
