import type { FloatTensor } from '../model/tensor.ts';

/** Text as it was read. */
export interface Reading {
  readonly text: string;
  /** The mean probability of its characters, in [0, 1]; 0 where there are none. */
  readonly confidence: number;
}

/** The recogniser's class that stands for no character. */
const BLANK = 0;

/** The recogniser's characters by class: the blank, those of a PP-OCR key file, one a line, and the space. */
export function keysFrom(file: string): string[] {
  return ['', ...file.replace(/\r?\n$/, '').split(/\r?\n/), ' '];
}

/**
 * Reads the recogniser's probabilities: the likeliest class of each step, where repeats count once and blanks are dropped (best path
 * decoding: Graves et al., "Connectionist temporal classification", 2006, section 3.2).
 *
 * @param output [N, steps, classes].
 * @param keys The character of each class.
 * @throws RangeError where `keys` are not as many as the classes.
 */
export function decode({ data, dims }: FloatTensor, keys: readonly string[]): Reading[] {
  const [count, steps, classes] = dims as [number, number, number];
  if (keys.length !== classes) throw new RangeError(`the recogniser has ${classes} classes, and the keys are ${keys.length}`);
  return Array.from({ length: count }, (_, index) =>
    decodeOne(data.subarray(index * steps * classes, (index + 1) * steps * classes), keys),
  );
}

function decodeOne(probabilities: Float32Array, keys: readonly string[]): Reading {
  let text = '';
  let sum = 0;
  let count = 0;
  let previous = BLANK;
  for (let start = 0; start < probabilities.length; start += keys.length) {
    let best = 0;
    for (let key = 1; key < keys.length; key++) if (probabilities[start + key]! > probabilities[start + best]!) best = key;
    if (best !== BLANK && best !== previous) {
      text += keys[best]!;
      sum += probabilities[start + best]!;
      count++;
    }
    previous = best;
  }
  return { text, confidence: count === 0 ? 0 : sum / count };
}
