/**
 * Size classes of two levels: octaves, each cut into 16 of equal width. Below 16 units every size is a class of its own. Numbered in one
 * row: `octave * 16 + part`, rising with size.
 */
export const PARTS_LOG2 = 4;
export const PARTS = 1 << PARTS_LOG2;
/** Enough for sizes up to 2^31 - 1 units. */
export const OCTAVES = 32 - PARTS_LOG2;

/** The class that a free block of so many units belongs to. */
export function classOf(units: number): number {
  if (units < PARTS) return units;
  const shift = 31 - PARTS_LOG2 - Math.clz32(units);
  // The leading one of units >>> shift adds one octave of 16.
  return (shift << PARTS_LOG2) + (units >>> shift);
}

/** The lowest class all of whose blocks have room for `units`. */
export function classWithRoom(units: number): number {
  if (units < PARTS) return units;
  const width = 1 << (31 - PARTS_LOG2 - Math.clz32(units));
  return classOf(units + width - 1);
}
