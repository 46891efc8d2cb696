import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { speechSegments } from '../src/speech.ts';

const CHUNK = 512;
const CHUNK_SECONDS = CHUNK / 16_000;
const PADDING_SECONDS = 0.03;

/** Chunks of one probability after the other. */
function chunks(...runs: readonly (readonly [count: number, probability: number])[]): number[] {
  return runs.flatMap(([count, probability]) => Array<number>(count).fill(probability));
}

function segments(probabilities: readonly number[]) {
  return speechSegments(probabilities, probabilities.length * CHUNK);
}

/** From the first chunk up to the last, with the padding. */
function between(first: number, past: number) {
  return {
    start: expect.closeTo(first * CHUNK_SECONDS - PADDING_SECONDS, 9),
    end: expect.closeTo(past * CHUNK_SECONDS + PADDING_SECONDS, 9),
  };
}

describe('a segment', () => {
  test('starts at 0.5, goes on above 0.35, and ends where that ends', () => {
    expect(segments(chunks([5, 0.49], [1, 0.5], [10, 0.36], [10, 0.34]))).toEqual([
      { ...between(5, 16), probability: expect.closeTo((0.5 + 10 * 0.36) / 11, 9) },
    ]);
  });

  test('is not ended by a pause of less than 100 ms', () => {
    // A pause of three chunks is seen to have lasted 96 ms when the fourth begins with speech.
    expect(segments(chunks([5, 0], [10, 1], [4, 0.1], [10, 1], [5, 0]))).toMatchObject([between(5, 29)]);
    expect(segments(chunks([5, 0], [10, 1], [5, 0.1], [10, 1], [5, 0]))).toMatchObject([between(5, 15), between(20, 30)]);
  });

  test('is longer than 250 ms', () => {
    expect(segments(chunks([5, 0], [7, 1], [5, 0]))).toEqual([]);
    expect(segments(chunks([5, 0], [8, 1], [5, 0]))).toMatchObject([between(5, 13)]);
  });

  test('stays in the recording', () => {
    expect(speechSegments(chunks([20, 1]), 20 * CHUNK - 100)).toEqual([{ start: 0, end: (20 * CHUNK - 100) / 16_000, probability: 1 }]);
  });
});

describe('segments of any probabilities', () => {
  const probabilities = fc.array(
    fc
      .tuple(fc.integer({ min: 1, max: 12 }), fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([count, probability]) => chunks([count, probability])),
  );
  const anyRecording = probabilities.map((runs) => runs.flat());

  test('are in order, apart, in the recording and long enough', () => {
    fc.assert(
      fc.property(anyRecording, (recording) => {
        let before = 0;
        for (const { start, end, probability } of segments(recording)) {
          expect(start).toBeGreaterThanOrEqual(before);
          expect(end - start).toBeGreaterThan(0.25);
          expect(probability).toBeGreaterThan(0);
          before = end;
        }
        expect(before).toBeLessThanOrEqual(recording.length * CHUNK_SECONDS);
      }),
    );
  });

  test('hold every chunk of speech that is long enough by itself', () => {
    fc.assert(
      fc.property(anyRecording, anyRecording, fc.integer({ min: 8, max: 20 }), (head, tail, count) => {
        const found = segments([...head, ...chunks([count, 0.9]), ...tail]);
        const start = head.length * CHUNK_SECONDS;
        const end = (head.length + count) * CHUNK_SECONDS;
        expect(found.filter((segment) => segment.start <= start && segment.end >= end - 1e-9)).toHaveLength(1);
      }),
    );
  });

  test('come later by as much as silence is put in front', () => {
    fc.assert(
      fc.property(anyRecording, fc.integer({ min: 1, max: 30 }), (recording, count) => {
        const [first, second] = [1, 1 + count].map((silence) => segments([...chunks([silence, 0]), ...recording]));
        expect(second).toEqual(
          first!.map(({ start, end, probability }) => ({
            start: expect.closeTo(start + count * CHUNK_SECONDS, 9),
            end: expect.closeTo(end + count * CHUNK_SECONDS, 9),
            probability: expect.closeTo(probability, 9),
          })),
        );
      }),
    );
  });
});
