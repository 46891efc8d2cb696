import { describe, expect, it } from '@jest/globals';
import type { Attributes } from '@opentelemetry/api';
import { InstrumentType } from '@opentelemetry/sdk-metrics';
import fc from 'fast-check';
import { canonicalKey } from '../../src/attributes/canonical.ts';
import { Arena } from '../../src/memory/arena.ts';
import { Catalogue } from '../../src/memory/catalogue.ts';
import { Segment } from '../../src/memory/segment.ts';
import { counter } from './streams.ts';

const attributes: fc.Arbitrary<Attributes> = fc.dictionary(
  fc.constantFrom('a', 'b', '__proto__', ''),
  fc.oneof(fc.constantFrom<Attributes[string]>('', 'x', 1, true, -0, Number.NaN, Infinity, undefined), fc.array(fc.constantFrom('x', 'y'))),
  { maxKeys: 3, noNullPrototype: true },
);

const step = fc.record({
  thread: fc.integer({ min: 0, max: 3 }),
  name: fc.constantFrom('requests', 'errors', 'bytes'),
  attributes,
  startedAt: fc.integer({ min: 1, max: 1000 }),
  isRefreshed: fc.boolean(),
  isEnded: fc.boolean(),
});

/** What is to be seen of a catalogue, but for the order, which depends on when it was refreshed. */
function contents({ streams }: Catalogue): unknown {
  return streams
    .map(({ descriptor, series }) => ({
      name: descriptor.name,
      series: series
        .map((one) => ({ key: canonicalKey(one.attributes), cells: [...one.cells].sort(), startedAt: one.startedAt }))
        .sort((a, b) => (a.key < b.key ? -1 : 1)),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

describe('Catalogue', () => {
  it('has each series once with the cells of all threads, whenever it looks, as a model has it', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const arena = Arena.create(2 ** 22);
        const segments: Segment[] = [];
        const early = new Catalogue(arena);
        const model = new Map<string, Map<string, { cells: Set<number>; startedAt: number }>>();
        for (const { thread, name, attributes: given, startedAt, isRefreshed, isEnded } of steps) {
          const segment = (segments[thread] ??= Segment.open(arena, thread)!);
          const cell = segment.series(segment.stream(counter(name)), given, 2, startedAt);
          const series = model.get(name) ?? new Map<string, { cells: Set<number>; startedAt: number }>();
          model.set(name, series);
          const known = series.get(canonicalKey(given));
          const isNew = known?.cells.has(cell) !== true;
          series.set(canonicalKey(given), {
            cells: new Set([...(known?.cells ?? []), cell]),
            startedAt: Math.min(known?.startedAt ?? Infinity, isNew ? startedAt : Infinity),
          });
          if (isRefreshed) early.refresh();
          if (!isEnded) continue;
          Segment.end(arena, thread);
          segments[thread] = Segment.open(arena, thread)!;
        }
        const expected = [...model]
          .map(([name, series]) => ({
            name,
            series: [...series]
              .map(([key, { cells, startedAt }]) => ({ key, cells: [...cells].sort(), startedAt }))
              .sort((a, b) => (a.key < b.key ? -1 : 1)),
          }))
          .sort((a, b) => (a.name < b.name ? -1 : 1));
        early.refresh();
        const late = new Catalogue(arena);
        late.refresh();
        expect(contents(early)).toEqual(expected);
        expect(contents(late)).toEqual(expected);
      }),
    );
  });

  it('keeps streams and series where they are', () => {
    const arena = Arena.create(2 ** 20);
    const [a, b] = [Segment.open(arena, 1)!, Segment.open(arena, 2)!];
    const catalogue = new Catalogue(arena);
    const add = (segment: Segment, name: string, route: string) => segment.series(segment.stream(counter(name)), { route }, 1, 1000);
    add(b, 'second', '/b');
    catalogue.refresh();
    const [stream] = catalogue.streams;
    const [series] = stream!.series;
    add(a, 'first', '/');
    add(a, 'second', '/a');
    add(a, 'second', '/b');
    catalogue.refresh();
    expect(catalogue.streams.map(({ index, descriptor }) => [index, descriptor.name])).toEqual([
      [0, 'second'],
      [1, 'first'],
    ]);
    expect(catalogue.streams[0]).toBe(stream);
    expect(stream!.series[0]).toBe(series);
    expect(stream!.series.map((one) => [one.index, one.attributes['route']])).toEqual([
      [0, '/b'],
      [1, '/a'],
    ]);
    expect(series!.slots).toEqual([b.slot, a.slot]);
  });

  it('has each series once when a second thread comes late, whoever stops in the middle of looking', () => {
    const arena = Arena.create(2 ** 22);
    const count = 300;
    const fill = (segment: Segment): void => {
      for (let i = 0; i < count; i++) segment.series(segment.stream(counter('requests')), { route: `/${i}` }, 1, 1000 + i);
    };
    fill(Segment.open(arena, 1)!);
    const catalogue = new Catalogue(arena);
    catalogue.refresh();
    fill(Segment.open(arena, 2)!);
    for (let i = 0; i < 3; i++) for (const _ of catalogue.refreshing()) break;
    const other = catalogue.refreshing();
    expect(other.next().done).toBe(false);
    catalogue.refresh();
    expect(other.next().done).toBe(true);
    const [{ series }] = catalogue.streams as [(typeof catalogue.streams)[0]];
    expect(series.map(({ cells, slots }) => [cells.length, ...slots])).toEqual(Array.from({ length: count }, () => [2, 0, 1]));
  });

  it('brings back attributes that JSON has no word for, and boundaries without the infinite ones', () => {
    const arena = Arena.create(2 ** 20);
    const segment = Segment.open(arena, 1)!;
    const given: Attributes = {
      nan: Number.NaN,
      up: Infinity,
      down: -Infinity,
      zero: -0,
      nothing: undefined,
      list: ['a', null, undefined],
    };
    const aggregation = { kind: 'histogram', boundaries: [-Infinity, 1, 2, Infinity], recordMinMax: true } as const;
    const histogram = counter('h', { type: InstrumentType.HISTOGRAM, aggregation });
    segment.series(segment.stream(histogram), given, 1, 1000);
    const catalogue = new Catalogue(arena);
    catalogue.refresh();
    const [stream] = catalogue.streams;
    expect(stream!.descriptor).toEqual({ ...histogram, aggregation: { ...aggregation, boundaries: [1, 2] } });
    expect(Object.entries(stream!.series[0]!.attributes)).toEqual(Object.entries(given));
    // Who takes the segment over finds the stream there.
    Segment.end(arena, 1);
    expect(Segment.open(arena, 2)!.stream(histogram)).toBe(0);
  });

  it('knows which threads observe', () => {
    const arena = Arena.create(2 ** 20);
    const [a, b] = [Segment.open(arena, 1)!, Segment.open(arena, 2)!];
    const catalogue = new Catalogue(arena);
    a.stream(counter('requests'));
    catalogue.refresh();
    expect([...catalogue.observing]).toEqual([]);
    b.stream(counter('memory', { type: InstrumentType.OBSERVABLE_GAUGE, aggregation: { kind: 'last-value' } }));
    catalogue.refresh();
    expect([...catalogue.observing]).toEqual([b.slot]);
  });
});
