import type { Point } from './convex-hull.ts';

/** A rectangle that may be turned, in pixels of the image, whose first pixel covers [0, 1) x [0, 1). */
export interface Rectangle {
  /** The centre. */
  readonly x: number;
  readonly y: number;
  /** Along `angle`. */
  readonly width: number;
  readonly height: number;
  /** Radians, clockwise as one sees it, since y grows downwards. */
  readonly angle: number;
}

/** The smallest rectangle at `angle` around `points`, of which there is at least one. */
export function rectangleAt(angle: number, points: readonly Point[]): Rectangle {
  const along = unit(angle);
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const point of points) {
    const [u, v] = [dot(point, along), cross(along, point)];
    [left, right] = [Math.min(left, u), Math.max(right, u)];
    [top, bottom] = [Math.min(top, v), Math.max(bottom, v)];
  }
  const u = (left + right) / 2;
  const v = (top + bottom) / 2;
  return { x: along.x * u - along.y * v, y: along.y * u + along.x * v, width: right - left, height: bottom - top, angle };
}

/**
 * The rectangle of least area around a convex polygon, its longer side as the width. One of its sides lies on an edge of the polygon
 * (Freeman and Shapira, 1975), so that each edge is tried, and the three opposite corners move on with it ("rotating calipers", Toussaint,
 * "Solving geometric problems with the rotating calipers", 1983).
 *
 * @param hull As `convexHull` gives it.
 */
export function leastRectangle(hull: readonly Point[]): Rectangle {
  const count = hull.length;
  if (count < 3) return elongated(rectangleAt(count < 2 ? 0 : angleOf(hull[0]!, hull[1]!), hull));
  const corner = (index: number): Point => hull[index % count]!;
  let least = Infinity;
  let angle = 0;
  let [right, far, left] = [1, 1, 1];
  for (let edge = 0; edge < count; edge++) {
    const start = corner(edge);
    const along = unit(angleOf(start, corner(edge + 1)));
    while (dot(corner(right + 1), along) > dot(corner(right), along)) right++;
    far = Math.max(far, right);
    while (cross(along, corner(far + 1)) > cross(along, corner(far))) far++;
    left = Math.max(left, far);
    while (dot(corner(left + 1), along) < dot(corner(left), along)) left++;
    const width = dot(corner(right), along) - dot(corner(left), along);
    const area = width * (cross(along, corner(far)) - cross(along, start));
    if (area < least) {
      least = area;
      angle = angleOf(start, corner(edge + 1));
    }
  }
  return elongated(rectangleAt(angle, hull));
}

/**
 * Moves each side out by area * ratio / perimeter: what brings back the text from its shrunk core (Liao et al., "Real-time scene text
 * detection with differentiable binarization", 2020, equation 10).
 */
export function unclip(rectangle: Rectangle, ratio: number): Rectangle {
  const { width, height } = rectangle;
  const distance = (width * height * ratio) / (2 * (width + height));
  return { ...rectangle, width: width + 2 * distance, height: height + 2 * distance };
}

/** From the upper left one clockwise, as seen along `angle`. */
export function cornersOf({ x, y, width, height, angle }: Rectangle): [Point, Point, Point, Point] {
  const along = unit(angle);
  const at = (u: number, v: number): Point => ({ x: x + along.x * u - along.y * v, y: y + along.y * u + along.x * v });
  return [at(-width / 2, -height / 2), at(width / 2, -height / 2), at(width / 2, height / 2), at(-width / 2, height / 2)];
}

/** Where `point` lies along `angle`, and across it. */
export function turnedBack(point: Point, angle: number): Point {
  const along = unit(angle);
  return { x: dot(point, along), y: cross(along, point) };
}

/**
 * The mean of rectangles' axes by their widths, as an angle in [-45, 135) degrees; 0 of none (the mean of doubled angles: Mardia and Jupp,
 * "Directional statistics", 2000, section 1.1).
 */
export function meanAxis(rectangles: readonly Rectangle[]): number {
  let [x, y] = [0, 0];
  for (const { width, angle } of rectangles) {
    x += width * Math.cos(2 * angle);
    y += width * Math.sin(2 * angle);
  }
  return readable(Math.atan2(y, x) / 2);
}

function elongated(rectangle: Rectangle): Rectangle {
  const { width, height, angle } = rectangle;
  const turned = width < height ? { ...rectangle, width: height, height: width, angle: angle + Math.PI / 2 } : rectangle;
  return { ...turned, angle: readable(turned.angle) };
}

/** The same axis, as an angle in [-45, 135) degrees: lines run from left to right, or else downwards. */
function readable(angle: number): number {
  const from = angle + Math.PI / 4;
  return from - Math.floor(from / Math.PI) * Math.PI - Math.PI / 4;
}

function angleOf(from: Point, to: Point): number {
  return Math.atan2(to.y - from.y, to.x - from.x);
}

function unit(angle: number): Point {
  return { x: Math.cos(angle), y: Math.sin(angle) };
}

function dot(a: Point, b: Point): number {
  return a.x * b.x + a.y * b.y;
}

function cross(a: Point, b: Point): number {
  return a.x * b.y - a.y * b.x;
}
