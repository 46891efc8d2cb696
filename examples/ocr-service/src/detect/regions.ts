import type { Point } from '../geometry/convex-hull.ts';

interface Run {
  readonly y: number;
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  /** Leads to the region's first run, which is its own. */
  parent: Run | undefined;
}

export interface Region {
  /** Of its runs of pixels, which cover [x, x + 1) x [y, y + 1). */
  readonly corners: readonly Point[];
  /** Of its pixels. */
  readonly mean: number;
}

/**
 * The 8-connected regions of a map where it is above `threshold` (run-based two-pass labelling with union-find: He, Chao and Suzuki,
 * "A run-based two-scan labeling algorithm", 2008), by their first pixels from top to bottom.
 */
export function regionsOf(map: Float32Array, width: number, height: number, threshold: number): Region[] {
  const runs: Run[] = [];
  let above: readonly Run[] = [];
  for (let y = 0; y < height; y++) {
    const row = runsOf(map, y, width, threshold);
    connect(row, above);
    runs.push(...row);
    above = row;
  }
  const regions = new Map<Run, Run[]>();
  for (const run of runs) {
    const first = firstOf(run);
    if (first === run) regions.set(run, [run]);
    else regions.get(first)!.push(run);
  }
  return [...regions.values()].map((region) => regionFrom(region, map, width));
}

function regionFrom(runs: readonly Run[], map: Float32Array, width: number): Region {
  const corners: Point[] = [];
  let sum = 0;
  let count = 0;
  for (const { y, start, end } of runs) {
    corners.push({ x: start, y }, { x: end, y }, { x: start, y: y + 1 }, { x: end, y: y + 1 });
    for (let x = start; x < end; x++) sum += map[y * width + x]!;
    count += end - start;
  }
  return { corners, mean: sum / count };
}

function runsOf(map: Float32Array, y: number, width: number, threshold: number): Run[] {
  const runs: Run[] = [];
  const row = y * width;
  for (let x = 0; x < width; x++) {
    if (!(map[row + x]! > threshold)) continue;
    const start = x;
    while (x < width && map[row + x]! > threshold) x++;
    runs.push({ y, start, end: x, parent: undefined });
  }
  return runs;
}

/** Joins what touches, by a side or a corner. */
function connect(row: readonly Run[], above: readonly Run[]): void {
  let first = 0;
  for (const run of row) {
    while (first < above.length && above[first]!.end < run.start) first++;
    for (let other = first; other < above.length && above[other]!.start <= run.end; other++) join(above[other]!, run);
  }
}

function join(a: Run, b: Run): void {
  const [first, second] = [firstOf(a), firstOf(b)];
  if (first === second) return;
  if (isBefore(first, second)) second.parent = first;
  else first.parent = second;
}

function isBefore(a: Run, b: Run): boolean {
  return a.y < b.y || (a.y === b.y && a.start < b.start);
}

/** Halves the path to it as it goes. */
function firstOf(run: Run): Run {
  let at = run;
  while (at.parent !== undefined) {
    if (at.parent.parent !== undefined) at.parent = at.parent.parent;
    at = at.parent;
  }
  return at;
}
