import type { SeriesPicture } from '../model/picture.ts';
import { seriesFilter } from '../report/filter.ts';

/**
 * Which series pass: an expression of {@link seriesFilter}, '' for all. Since it is typed, a word without any wildcard, field or quote is
 * looked for anywhere in the name.
 * @throws SyntaxError saying what is wrong.
 */
export function compileFilter(text: string): (series: SeriesPicture) => boolean {
  return text.trim() === '' ? () => true : seriesFilter([text.includes('"') ? text : text.replace(WORD, '$1*$2*')]);
}

/** What is wrong with the expression, if anything is. */
export function problemOfFilter(text: string): string | undefined {
  try {
    compileFilter(text);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

export function isFilter(text: string): boolean {
  return problemOfFilter(text) === undefined;
}

const WORD = /(^|\s)([^\s*?[:!]+)(?=\s|$)/g;
