import { describe, expect, it } from '@jest/globals';
import { InstrumentType } from '@opentelemetry/sdk-metrics';
import { Arena, MOST_THREADS, NO_ROOM, PAGE } from '../../src/memory/arena.ts';
import { Catalogue } from '../../src/memory/catalogue.ts';
import { Segment } from '../../src/memory/segment.ts';
import { counter } from './streams.ts';

const WORDS = 4;

function series(segment: Segment, name: string, route: string): number {
  return segment.series(segment.stream(counter(name)), { route }, WORDS, 1000);
}

describe('Segment', () => {
  it('gives equal streams one number, and equal attributes one cell, in whatever order', () => {
    const segment = Segment.open(Arena.create(2 ** 20), 0)!;
    const stream = segment.stream(counter('a'));
    expect(segment.stream(counter('a'))).toBe(stream);
    expect(segment.stream(counter('a', { unit: 's' }))).not.toBe(stream);
    const cell = segment.series(stream, { x: 1, y: 'b' }, WORDS, 1000);
    expect(segment.series(stream, { y: 'b', x: 1 }, WORDS, 2000)).toBe(cell);
    expect(segment.series(stream, { y: 'b', x: '1' }, WORDS, 2000)).not.toBe(cell);
    expect(segment.seriesOf(stream)).toBe(2);
  });

  it('gives every series words of its own, which are filled before anybody knows of them', () => {
    const arena = Arena.create(2 ** 22);
    const catalogue = new Catalogue(arena);
    const segment = Segment.open(arena, 0)!;
    const stream = segment.stream(counter('a'));
    const taken = new Set<number>();
    for (let i = 0; i < 5000; i++) {
      const cell = segment.series(stream, { i }, WORDS, 1000, (at) => {
        catalogue.refresh();
        expect(catalogue.streams[0]?.series.length).toBe(i);
        arena.f64.fill(i, at, at + WORDS);
      });
      for (let word = cell; word < cell + WORDS; word++) {
        expect(taken.has(word)).toBe(false);
        taken.add(word);
      }
    }
    catalogue.refresh();
    expect(catalogue.streams[0]!.series.every(({ attributes, cells }) => arena.f64[cells[0]!] === attributes['i'])).toBe(true);
  });

  it('takes over what a thread that has ended left, all of its series and values', () => {
    const arena = Arena.create(2 ** 20);
    const first = Segment.open(arena, 1)!;
    const cells = ['/', '/a', '/b'].map((route) => series(first, 'requests', route));
    for (const [i, cell] of cells.entries()) arena.f64[cell] = i + 1;
    const left = arena.bytesLeft;
    Segment.end(arena, 1);
    const second = Segment.open(arena, 2)!;
    expect(second.slot).toBe(first.slot);
    expect(['/', '/a', '/b'].map((route) => series(second, 'requests', route))).toEqual(cells);
    expect(cells.map((cell) => arena.f64[cell])).toEqual([1, 2, 3]);
    expect(arena.bytesLeft).toBe(left);
    const added = series(second, 'requests', '/c');
    expect(cells).not.toContain(added);
    const catalogue = new Catalogue(arena);
    catalogue.refresh();
    expect(catalogue.streams.map((stream) => stream.series.map((one) => one.cells))).toEqual([[...cells, added].map((cell) => [cell])]);
  });

  it('is one of its own for each thread that lives', () => {
    const arena = Arena.create(2 ** 20);
    const segments = [1, 2, 3].map((id) => Segment.open(arena, id)!);
    expect(new Set(segments.map(({ slot }) => slot)).size).toBe(3);
    const cells = segments.map((segment) => series(segment, 'requests', '/'));
    expect(new Set(cells).size).toBe(3);
  });

  it('ends with its own thread only, and once', () => {
    const arena = Arena.create(2 ** 20);
    const [kept, ended] = [Segment.open(arena, 1)!, Segment.open(arena, 2)!];
    Segment.end(arena, 2);
    Segment.end(arena, 3);
    const next = Segment.open(arena, 4)!;
    expect(next.slot).toBe(ended.slot);
    // Whoever hears late that the thread 2 has ended does not end the one that came after it.
    Segment.end(arena, 2);
    expect(new Set([kept, next, Segment.open(arena, 5)!].map(({ slot }) => slot)).size).toBe(3);
  });

  it('of the main thread, whose number is 0, does not end what nobody has', () => {
    const arena = Arena.create(2 ** 20);
    Segment.end(arena, 0);
    const main = Segment.open(arena, 0)!;
    expect(main.slot).toBe(0);
    Segment.end(arena, 0);
    Segment.end(arena, 0);
    expect(Segment.open(arena, 7)!.slot).toBe(0);
  });

  it('says so where there is no room, and what there is stays usable', () => {
    const arena = Arena.create(2 ** 18);
    const segment = Segment.open(arena, 0)!;
    const stream = segment.stream(counter('a'));
    const cells: number[] = [];
    for (let i = 0; ; i++) {
      const cell = segment.series(stream, { i, padding: 'x'.repeat(200) }, 100, 1000);
      if (cell === NO_ROOM) break;
      cells.push(cell);
    }
    expect(cells.length).toBeGreaterThan(50);
    expect(segment.series(stream, { i: 0, padding: 'x'.repeat(200) }, 100, 1000)).toBe(cells[0]);
    expect(segment.series(stream, { another: 1, padding: 'x'.repeat(PAGE) }, 100, 1000)).toBe(NO_ROOM);
    const catalogue = new Catalogue(arena);
    catalogue.refresh();
    expect(catalogue.streams[0]!.series.map((one) => one.cells[0])).toEqual(cells);
  });

  it('is refused to a stream that the arena has no room for', () => {
    const arena = Arena.create(2 ** 18);
    const segment = Segment.open(arena, 0)!;
    expect(segment.stream(counter('a', { description: 'x'.repeat(2 ** 18) }))).toBe(NO_ROOM);
    expect(segment.stream(counter('a'))).toBe(0);
  });

  it('is there for so many threads', () => {
    const arena = Arena.create(2 ** 20);
    for (let id = 0; id < MOST_THREADS; id++) expect(Segment.open(arena, id)?.slot).toBe(id);
    expect(Segment.open(arena, MOST_THREADS)).toBeUndefined();
    Segment.end(arena, 500);
    expect(Segment.open(arena, MOST_THREADS)?.slot).toBe(500);
  });

  it('keeps the longest description that a stream was given, also when it is taken over', () => {
    const arena = Arena.create(2 ** 20);
    const segment = Segment.open(arena, 1)!;
    const catalogue = new Catalogue(arena);
    const described = (description: string) => segment.stream(counter('a', { description, type: InstrumentType.UP_DOWN_COUNTER }));
    const first = described('long');
    expect([described('longest'), described('short')]).toEqual([first, first]);
    Segment.end(arena, 1);
    const next = Segment.open(arena, 2)!;
    expect(next.stream(counter('a', { description: 'longer', type: InstrumentType.UP_DOWN_COUNTER }))).toBe(first);
    catalogue.refresh();
    expect(catalogue.streams.map(({ descriptor }) => descriptor.description)).toEqual(['longest']);
  });
});
