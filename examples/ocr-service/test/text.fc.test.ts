import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Rectangle } from '../src/geometry/rectangle.ts';
import { decode, keysFrom } from '../src/recognise/ctc.ts';
import { pageFrom } from '../src/text/page.ts';

describe('CTC decoding', () => {
  const keys = keysFrom('a\nb\nc\n');

  test('the keys are the blank, the lines, and the space', () => {
    expect(keys).toEqual(['', 'a', 'b', 'c', ' ']);
    expect(keysFrom('a\r\nb')).toEqual(['', 'a', 'b', ' ']);
  });

  /** By the definition: the likeliest path, then runs to one, then no blanks. */
  function naive(path: readonly { best: number; probability: number }[]): { text: string; confidence: number } {
    const kept = path.filter(({ best }, step) => step === 0 || best !== path[step - 1]!.best).filter(({ best }) => best !== 0);
    const sum = kept.reduce((total, { probability }) => total + probability, 0);
    return { text: kept.map(({ best }) => keys[best]!).join(''), confidence: kept.length === 0 ? 0 : sum / kept.length };
  }

  test('is the likeliest path without repeats and blanks, for each of a batch', () => {
    const step = fc.record({ best: fc.integer({ min: 0, max: 4 }), probability: fc.double({ min: 0.5, max: 1, noNaN: true }) });
    const batch = fc
      .integer({ min: 1, max: 12 })
      .chain((steps) => fc.array(fc.array(step, { minLength: steps, maxLength: steps }), { minLength: 1, maxLength: 4 }));
    fc.assert(
      fc.property(batch, (paths) => {
        const steps = paths[0]!.length;
        const data = Float32Array.from(
          paths.flat().flatMap(({ best, probability }) => keys.map((_, key) => (key === best ? probability : (1 - probability) / 5))),
        );
        const readings = decode({ data, dims: [paths.length, steps, keys.length] }, keys);
        for (const [index, path] of paths.entries()) {
          const { text, confidence } = naive(path);
          expect(readings[index]).toEqual({ text, confidence: expect.closeTo(confidence, 5) });
        }
      }),
    );
  });

  test('a blank between two of a kind keeps both', () => {
    const path = [1, 1, 0, 1, 4, 2];
    const data = Float32Array.from(path.flatMap((best) => keys.map((_, key) => Number(key === best))));
    expect(decode({ data, dims: [1, 6, 5] }, keys)).toEqual([{ text: 'aa b', confidence: 1 }]);
  });

  test('keys that are not as many as the classes are refused', () => {
    expect(() => decode({ data: new Float32Array(6), dims: [1, 1, 6] }, keys)).toThrow('the recogniser has 6 classes, and the keys are 5');
  });
});

describe('a page', () => {
  const table = [
    ['Item', 'Price'],
    ['Rye bread', '4.20'],
    ['Milk', '1.89'],
  ];
  const cells = table.flatMap((row, line) => row.map((text, column) => ({ text, x: 100 + 300 * column, y: 50 + 40 * line })));
  const expected = 'Item Price\nRye bread 4.20\nMilk 1.89';

  /** The cells of the table on a page that is turned by `angle`. */
  function boxesAt(angle: number, all: readonly { text: string; x: number; y: number }[]): Rectangle[] {
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return all.map(({ text, x, y }) => ({ x: cos * x - sin * y, y: sin * x + cos * y, width: text.length * 12, height: 30, angle }));
  }

  test('reads the same at any angle, in whatever order its boxes were found', () => {
    const shuffled = fc.shuffledSubarray(cells, { minLength: cells.length });
    fc.assert(
      fc.property(shuffled, fc.double({ min: -10, max: 10, noNaN: true }), (all, angle) => {
        const page = pageFrom(
          boxesAt(angle, all),
          all.map(({ text }) => ({ text, confidence: 0.9 })),
          angle,
        );
        expect(page.text).toBe(expected);
      }),
    );
  });

  test('has lines with a box around all of them, and the confidence of their characters', () => {
    const boxes = boxesAt(0, cells.slice(0, 2));
    const readings = [
      { text: 'Item', confidence: 0.6 },
      { text: 'Price!', confidence: 1 },
    ];
    const box = {
      x: expect.closeTo((76 + 430) / 2, 6),
      y: expect.closeTo(50, 6),
      width: expect.closeTo(354, 6),
      height: expect.closeTo(30, 6),
      angle: 0,
    };
    expect(pageFrom(boxes, readings, 0).lines).toEqual([{ text: 'Item Price!', confidence: expect.closeTo(0.84, 9), box }]);
  });

  test('leaves out what is not legible', () => {
    const readings = ['', 'x', 'y'].map((text, index) => ({ text, confidence: [0, 0.49, 0.5][index]! }));
    expect(pageFrom(boxesAt(0, cells.slice(0, 3)), readings, 0).text).toBe('y');
  });

  test('has narrow ASCII for wide, but not among Chinese', () => {
    const read = (text: string): string => pageFrom(boxesAt(0, cells.slice(0, 1)), [{ text, confidence: 1 }], 0).text;
    expect(read('No． ７，（ok）')).toBe('No. 7,(ok)');
    expect(read('共７页，谢谢')).toBe('共７页，谢谢');
  });
});
