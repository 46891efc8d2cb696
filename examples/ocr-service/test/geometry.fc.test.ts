import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { convexHull, type Point } from '../src/geometry/convex-hull.ts';
import { cornersOf, leastRectangle, meanAxis, rectangleAt, turnedBack, unclip, type Rectangle } from '../src/geometry/rectangle.ts';

const coordinate = fc.integer({ min: -200, max: 200 });
const points = fc.array(fc.record({ x: coordinate, y: coordinate }), { minLength: 1, maxLength: 60 });
const side = fc.double({ min: 0.5, max: 500, noNaN: true });
const anyAngle = fc.double({ min: -10, max: 10, noNaN: true });
const rectangles = fc.record({ x: coordinate, y: coordinate, width: side, height: side, angle: anyAngle });

function cross(a: Point, b: Point, c: Point): number {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

/** How far a point is outside of a rectangle. */
function outside(point: Point, { x, y, width, height, angle }: Rectangle): number {
  const at = turnedBack({ x: point.x - x, y: point.y - y }, angle);
  return Math.max(Math.abs(at.x) - width / 2, Math.abs(at.y) - height / 2);
}

describe('the convex hull', () => {
  test('turns one way at each corner, has points as corners, and all of them within', () => {
    fc.assert(
      fc.property(points, (all) => {
        const hull = convexHull([...all]);
        for (const [index, corner] of hull.entries()) {
          expect(all).toContainEqual(corner);
          const next = hull[(index + 1) % hull.length]!;
          if (hull.length > 2) expect(cross(corner, next, hull[(index + 2) % hull.length]!)).toBeGreaterThan(0);
          for (const point of all) expect(cross(corner, next, point)).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  test('of a square with points on its sides is its corners', () => {
    const grid = Array.from({ length: 9 }, (_, index) => ({ x: index % 3, y: Math.floor(index / 3) }));
    expect(convexHull(grid)).toEqual([
      { x: 0, y: 0 },
      { x: 2, y: 0 },
      { x: 2, y: 2 },
      { x: 0, y: 2 },
    ]);
  });

  test('of equal points is one', () => {
    expect(convexHull([1, 1, 1].map((x) => ({ x, y: 2 })))).toEqual([{ x: 1, y: 2 }]);
  });
});

describe('the rectangle of least area', () => {
  test('contains all points, and its width is its longer side, at an angle in [-45, 135) degrees', () => {
    fc.assert(
      fc.property(points, (all) => {
        const least = leastRectangle(convexHull([...all]));
        for (const point of all) expect(outside(point, least)).toBeLessThan(1e-9);
        expect(least.width).toBeGreaterThanOrEqual(least.height);
        expect(least.angle).toBeGreaterThanOrEqual(-Math.PI / 4);
        expect(least.angle).toBeLessThan((3 * Math.PI) / 4);
      }),
    );
  });

  test('is as small as the best of those along each edge, and of those at any angle', () => {
    fc.assert(
      fc.property(points, anyAngle, (all, angle) => {
        const hull = convexHull([...all]);
        const { width, height } = leastRectangle(hull);
        const angles = hull.map((corner, index) => {
          const next = hull[(index + 1) % hull.length]!;
          return Math.atan2(next.y - corner.y, next.x - corner.x);
        });
        const areas = angles.map((each) => rectangleAt(each, all)).map((each) => each.width * each.height);
        expect(width * height).toBeCloseTo(Math.min(...areas), 6);
        const other = rectangleAt(angle, all);
        expect(width * height).toBeLessThanOrEqual(other.width * other.height + 1e-6);
      }),
    );
  });

  test('of the corners of a rectangle is that rectangle', () => {
    fc.assert(
      fc.property(rectangles, (rectangle) => {
        const least = leastRectangle(convexHull([...cornersOf(rectangle)]));
        expect(least.width).toBeCloseTo(Math.max(rectangle.width, rectangle.height), 6);
        expect(least.height).toBeCloseTo(Math.min(rectangle.width, rectangle.height), 6);
        expect([least.x, least.y]).toEqual([expect.closeTo(rectangle.x, 6), expect.closeTo(rectangle.y, 6)]);
      }),
    );
  });
});

describe('unclip', () => {
  test('moves each side out by area * ratio / perimeter', () => {
    fc.assert(
      fc.property(rectangles, fc.double({ min: 0.1, max: 3, noNaN: true }), (rectangle, ratio) => {
        const grown = unclip(rectangle, ratio);
        const distance = (rectangle.width * rectangle.height * ratio) / (2 * rectangle.width + 2 * rectangle.height);
        expect(grown.width - rectangle.width).toBeCloseTo(2 * distance, 6);
        expect(grown.height - rectangle.height).toBeCloseTo(2 * distance, 6);
        for (const corner of cornersOf(rectangle)) expect(outside(corner, grown)).toBeLessThan(0);
      }),
    );
  });
});

describe('the mean axis', () => {
  const boxes = (angles: number[]): Rectangle[] => angles.map((angle) => ({ x: 0, y: 0, width: 10, height: 2, angle }));

  test('is between axes on both sides of the horizontal, and does not tell an axis from its reverse', () => {
    expect(meanAxis(boxes([-0.1, 0.1]))).toBeCloseTo(0, 9);
    expect(meanAxis(boxes([0.1 + Math.PI, 0.3 - Math.PI]))).toBeCloseTo(0.2, 9);
    expect(meanAxis(boxes([Math.PI / 2, -Math.PI / 2]))).toBeCloseTo(Math.PI / 2, 9);
  });

  test('of no boxes is 0', () => {
    expect(meanAxis([])).toBe(0);
  });
});
