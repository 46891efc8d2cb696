/** Marsaglia's xorshift: the same numbers for the same seed. */
export function randoms(seed: number): (below: number) => number {
  let x = (seed + 1) * 0x9e3779b1;
  return (below) => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) % below;
  };
}
