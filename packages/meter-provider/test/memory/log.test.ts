import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Arena, PAGE } from '../../src/memory/arena.ts';
import { LogReader, LogWriter } from '../../src/memory/log.ts';

const SLOT = 3;
/** The longest text that one page takes: with the offset of the next block, its length, and the mark of a log that goes on. */
const FULL_PAGE = PAGE - 12;

function writer(arena: Arena): LogWriter {
  return new LogWriter(arena, SLOT, new LogReader(arena, SLOT));
}

function text(length: number, seed: number): string {
  return String.fromCharCode(97 + (seed % 26)).repeat(length);
}

describe('a log', () => {
  it.each([
    ['a page', FULL_PAGE],
    ['less than a page by a byte', FULL_PAGE - 1],
    ['more than a page by a byte', FULL_PAGE + 1],
    ['several pages', 5 * PAGE],
    ['nothing', 0],
  ])('holds records of %s', (_, length) => {
    const arena = Arena.create(2 ** 20);
    const log = writer(arena);
    const records = [0, 1, 2].map((seed) => text(length, seed));
    for (const record of records) expect(log.append(record)).toBe(true);
    expect([...new LogReader(arena, SLOT).read()]).toEqual(records);
  });

  it('takes one page for what fills it exactly, and two for a byte more', () => {
    for (const [length, pages] of [
      [FULL_PAGE, 1],
      [FULL_PAGE + 1, 2],
    ] as const) {
      const arena = Arena.create(2 ** 20);
      const left = arena.bytesLeft;
      writer(arena).append(text(length, 0));
      expect((left - arena.bytesLeft) / PAGE).toBe(pages);
    }
  });

  it('keeps any text', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 50 }), { maxLength: 20 }), (texts) => {
        // As UTF-8 has no halves of a pair, they do not come back.
        const records = texts.map((record) => record.toWellFormed());
        const arena = Arena.create(2 ** 20);
        const log = writer(arena);
        for (const record of records) log.append(record);
        expect([...new LogReader(arena, SLOT).read()]).toEqual(records);
      }),
    );
  });

  it('is read by several at their own pace, each record once, whoever goes on with it', () => {
    const step = fc.record({
      length: fc.oneof(fc.integer({ min: 0, max: 100 }), fc.integer({ min: FULL_PAGE - 8, max: FULL_PAGE + 8 }), fc.constant(2 * PAGE + 1)),
      isNewWriter: fc.boolean(),
      reads: fc.subarray([0, 1]),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
        const arena = Arena.create(2 ** 22);
        const readers = [0, 1].map(() => ({ reader: new LogReader(arena, SLOT), seen: [] as string[] }));
        const written: string[] = [];
        let log = writer(arena);
        for (const [i, { length, isNewWriter, reads }] of steps.entries()) {
          if (isNewWriter) log = writer(arena);
          const record = text(length, i);
          expect(log.append(record)).toBe(true);
          written.push(record);
          for (const which of reads) {
            const { reader, seen } = readers[which]!;
            seen.push(...reader.read());
            expect(seen).toEqual(written);
          }
        }
        for (const { reader, seen } of readers) expect([...seen, ...reader.read()]).toEqual(written);
      }),
      { numRuns: 60 },
    );
  });

  it('goes on where a reader left in the middle', () => {
    const arena = Arena.create(2 ** 20);
    const log = writer(arena);
    for (let i = 0; i < 10; i++) log.append(String(i));
    const reader = new LogReader(arena, SLOT);
    expect(reader.read().next().value).toBe('0');
    log.append('10');
    expect([...reader.read()]).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
  });

  it('refuses a record that the arena has no room for, keeps the others, and takes a smaller one that fits', () => {
    const arena = Arena.create(2 ** 17);
    const log = writer(arena);
    log.append('first');
    expect(log.append(text(2 ** 17, 0))).toBe(false);
    const kept = ['first'];
    for (let i = 0; log.append(text(3000, i)); i++) kept.push(text(3000, i));
    expect(kept.length).toBeGreaterThan(10);
    expect(log.append('last')).toBe(true);
    expect([...new LogReader(arena, SLOT).read()]).toEqual([...kept, 'last']);
  });

  it('of another slot is another log', () => {
    const arena = Arena.create(2 ** 20);
    writer(arena).append('here');
    new LogWriter(arena, SLOT + 1, new LogReader(arena, SLOT + 1)).append('there');
    expect([...new LogReader(arena, SLOT).read()]).toEqual(['here']);
    expect([...new LogReader(arena, SLOT + 2).read()]).toEqual([]);
  });
});
