/** The three decimal digits of each number below 1000, in the lower three bytes of a little-endian word. */
export const TRIPLE = new Uint32Array(1000);

/** The same without leading zeros; 0 is one zero. */
export const SHORT_TRIPLE = new Uint32Array(1000);

/** Digits in `SHORT_TRIPLE`. */
export const SHORT_LENGTH = new Uint8Array(1000);

/** Digits in `TRIPLE` up to the last one that is not zero; 0 for 0. */
export const FRACTION_LENGTH = new Uint8Array(1000);

for (let i = 0; i < 1000; i++) {
  const short = String(i);
  const digits = short.padStart(3, '0');
  TRIPLE[i] = word(digits);
  SHORT_TRIPLE[i] = word(short);
  SHORT_LENGTH[i] = short.length;
  FRACTION_LENGTH[i] = digits.replace(/0+$/, '').length;
}

function word(digits: string): number {
  return [...digits].reduce((sum, digit, i) => sum + (digit.charCodeAt(0) << (8 * i)), 0);
}
