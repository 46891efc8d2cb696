import { turnedBack, type Rectangle } from '../geometry/rectangle.ts';

/** Radians. Boxes that run more apart than that are not on one line. */
const MOST_TURN = Math.PI / 18;

/**
 * Cuts boxes of one line back to the middle between their cores, where they were unclipped beyond it: large words with wide spaces would
 * take the first letter of their neighbours in.
 *
 * @param boxes The cores unclipped, in the same order.
 */
export function separate(cores: readonly Rectangle[], boxes: readonly Rectangle[]): Rectangle[] {
  return boxes.map((box, index) => {
    const core = cores[index]!;
    let [start, end] = [-box.width / 2, box.width / 2];
    for (const [other, neighbour] of cores.entries()) {
      if (other === index || Math.abs(Math.sin(neighbour.angle - box.angle)) > Math.sin(MOST_TURN)) continue;
      const { x, y } = turnedBack({ x: neighbour.x - box.x, y: neighbour.y - box.y }, box.angle);
      const gap = Math.abs(x) - (core.width + neighbour.width) / 2;
      if (gap < 0 || Math.abs(y) > Math.min(box.height, boxes[other]!.height) / 2) continue;
      if (x > 0) end = Math.min(end, (core.width + gap) / 2);
      else start = Math.max(start, -(core.width + gap) / 2);
    }
    const shift = (start + end) / 2;
    return { ...box, x: box.x + Math.cos(box.angle) * shift, y: box.y + Math.sin(box.angle) * shift, width: end - start };
  });
}
