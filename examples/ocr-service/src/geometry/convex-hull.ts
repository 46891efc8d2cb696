export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * The corners of the smallest convex polygon around `points`, in turn, none of them on the line between its neighbours; `points` is sorted
 * in place (Andrew, "Another efficient algorithm for convex hulls in two dimensions", 1979).
 */
export function convexHull(points: Point[]): Point[] {
  points.sort((a, b) => a.x - b.x || a.y - b.y);
  const ahead = chain(points);
  const back = chain(points.toReversed());
  return ahead.length + back.length === 0 ? points.slice(0, 1) : [...ahead, ...back];
}

/** One side of the hull, without its last point, where the other side begins. */
function chain(points: readonly Point[]): Point[] {
  const side: Point[] = [];
  for (const point of points) {
    while (side.length > 1 && !turnsLeft(side.at(-2)!, side.at(-1)!, point)) side.pop();
    if (side.length !== 1 || side[0]!.x !== point.x || side[0]!.y !== point.y) side.push(point);
  }
  side.pop();
  return side;
}

function turnsLeft(a: Point, b: Point, c: Point): boolean {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x) > 0;
}
