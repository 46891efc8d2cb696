import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readWav } from '../src/wav.ts';
import { chunk, formatChunk, pcm, wavFile } from './wav-file.ts';

const sample = fc.integer({ min: -32_768, max: 32_767 });

describe('what a WAV file holds', () => {
  test('is its samples, of 32,768 levels a side', () => {
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1 }), (samples) => {
        expect([...readWav(wavFile({ data: pcm(samples) }))]).toEqual(samples.map((level) => level / 32_768));
      }),
    );
  });

  test('is found behind chunks of other kinds, of odd lengths too, and wherever the file lies in its buffer', () => {
    const file = wavFile({
      before: [chunk('LIST', new Uint8Array(5)), formatChunk(), chunk('fact', new Uint8Array(4))],
      data: pcm([16_384]),
    });
    const within = Buffer.concat([new Uint8Array(3), file]).subarray(3);
    expect([...readWav(within)]).toEqual([0.5]);
  });
});

describe('a file that cannot be read', () => {
  const cases = {
    'is no WAV file: it does not start with a RIFF header of type WAVE': Buffer.from('ID3 and a song'),
    'is a broken WAV file: it has no format': wavFile({ before: [] }).subarray(0, 12),
    'is a broken WAV file: its data come before their format': wavFile({ before: [] }),
    'is a broken WAV file: its format has 14 bytes': wavFile({ before: [chunk('fmt ', new Uint8Array(14))] }),
    'is a broken WAV file: its data end within a sample': wavFile({ data: new Uint8Array(3) }),
    'is a broken WAV file: 16 bits mono are not 4 bytes a sample': wavFile({ frameBytes: 4 }),
    'must be PCM (format 1), not format 3': wavFile({ coding: 3, bits: 32 }),
    'must be mono, not of 2 channels': wavFile({ channels: 2 }),
    'must have 16 bits a sample, not 8': wavFile({ bits: 8 }),
    'must have 16000 samples a second, not 44100': wavFile({ rate: 44_100 }),
    'has no samples': wavFile({ data: new Uint8Array() }),
  };

  test.each(Object.entries(cases))('%s', (message, file) => {
    expect(() => readWav(file)).toThrow(new RangeError(message));
  });

  test('has no data', () => {
    const file = wavFile({ data: new Uint8Array() });
    expect(() => readWav(file.subarray(0, -8))).toThrow(new RangeError('is a broken WAV file: it has no data'));
  });

  test('is cut off, wherever', () => {
    const file = wavFile({ data: pcm([1, 2, 3]) });
    expect(() => readWav(file.subarray(0, -2))).toThrow(new RangeError('is cut off: its chunk "data" has 4 of 6 bytes'));
    for (let length = 0; length < file.length; length++) expect(() => readWav(file.subarray(0, length))).toThrow(RangeError);
  });

  test('has any bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(60), (bytes, at) => {
        const file = Buffer.from(wavFile({ data: pcm([1, 2]) }));
        file.set(bytes.subarray(0, Math.max(0, file.length - at)), Math.min(at, file.length));
        try {
          expect(readWav(file).length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          // Its own, not one of a view that was read beyond its end.
          expect((error as Error).message).toMatch(/^(is|must|has) /);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
