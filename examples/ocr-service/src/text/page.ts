import { cornersOf, rectangleAt, turnedBack, type Rectangle } from '../geometry/rectangle.ts';
import type { Reading } from '../recognise/ctc.ts';

/** PP-OCR's: below it, what was read is most likely no text. */
const LEAST_CONFIDENCE = 0.5;
/** Two boxes are on one line where they share that much of the height of the lower one. */
const LEAST_OVERLAP = 0.5;

export interface Line extends Reading {
  /** Around all of the line; its `angle` is where the text runs. */
  readonly box: Rectangle;
}

export interface Page {
  /** In the order of reading: from top to bottom. Columns are not told apart. */
  readonly lines: readonly Line[];
  /** The lines' texts, one a line. */
  readonly text: string;
}

/** Across the lines. */
interface Height {
  readonly top: number;
  readonly bottom: number;
}

/** A box that was read. */
interface Part extends Reading, Height {
  readonly box: Rectangle;
  /** Along the lines. */
  readonly from: number;
}

/**
 * Puts what was read in the order of reading. The boxes of one line are joined by spaces.
 *
 * @param readings Of each box. Those without text, or with a confidence below 0.5, are left out.
 * @param angle Where the lines run, as `directionOf` gives it.
 */
export function pageFrom(boxes: readonly Rectangle[], readings: readonly Reading[], angle: number): Page {
  const parts = boxes.map((box, index) => partOf(box, readings[index]!, angle));
  const legible = parts.filter(({ text, confidence }) => text !== '' && confidence >= LEAST_CONFIDENCE);
  const lines = rowsOf(legible).map((row) => lineOf(row, angle));
  return { lines, text: lines.map(({ text }) => text).join('\n') };
}

function partOf(box: Rectangle, { text, confidence }: Reading, angle: number): Part {
  const { x, y } = turnedBack(box, angle);
  return { text: halfWidth(text).trim(), confidence, box, from: x - box.width / 2, top: y - box.height / 2, bottom: y + box.height / 2 };
}

/** The recogniser knows ASCII in full width too, as among Chinese, and takes it for the narrow one at times, where nothing is Chinese. */
function halfWidth(text: string): string {
  if (/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text)) return text;
  return text.replace(/[\uff01-\uff5e]/g, (wide) => String.fromCodePoint(wide.codePointAt(0)! - 0xfee0));
}

/** Each is from left to right. */
function rowsOf(parts: readonly Part[]): Part[][] {
  const rows: Part[][] = [];
  for (const part of parts.toSorted((a, b) => a.top + a.bottom - b.top - b.bottom)) {
    const row = rows.at(-1);
    if (row !== undefined && overlap(heightOf(row), part) >= LEAST_OVERLAP) row.push(part);
    else rows.push([part]);
  }
  return rows.map((row) => row.sort((a, b) => a.from - b.from));
}

function heightOf(row: readonly Part[]): Height {
  const mean = (edge: keyof Height): number => row.reduce((sum, part) => sum + part[edge], 0) / row.length;
  return { top: mean('top'), bottom: mean('bottom') };
}

/** As a share of the lower one. */
function overlap(a: Height, b: Height): number {
  const shared = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return shared / Math.min(a.bottom - a.top, b.bottom - b.top);
}

function lineOf(row: readonly Part[], angle: number): Line {
  const characters = row.reduce((sum, { text }) => sum + text.length, 0);
  return {
    text: row.map(({ text }) => text).join(' '),
    confidence: row.reduce((sum, { text, confidence }) => sum + confidence * text.length, 0) / characters,
    box: rectangleAt(
      angle,
      row.flatMap(({ box }) => cornersOf(box)),
    ),
  };
}
