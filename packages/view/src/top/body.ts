import type { History, Track } from './history.ts';
import type { Line } from './line.ts';
import type { Section } from './section.ts';
import { counters, gauges, operations } from './sections/series.ts';
import { pipelines } from './sections/pipelines.ts';
import { pools } from './sections/pools.ts';
import type { SortKey } from './sort.ts';

/** The sections that have any rows, in their order. */
export function sectionsOf(history: History, sort: SortKey, passes: (track: Track) => boolean): readonly Section[] {
  const all = [...history.tracks.values()];
  const shown = Map.groupBy(all.filter(passes), ({ series }) => series.kind);
  return [
    ...operations(shown.get('distribution') ?? [], sort),
    ...pipelines(all, passes),
    ...pools(all, passes),
    ...counters(shown.get('counter') ?? [], sort),
    ...gauges(shown.get('gauge') ?? []),
  ];
}

/** The body's lines that sections begin with: a heading, its rows, and an empty line between two sections. */
export function startsOf(sections: readonly Section[]): number[] {
  let next = 0;
  return sections.map(({ rows }) => {
    const start = next;
    next += rows + 2;
    return start;
  });
}

/** How many lines the sections take. */
export function heightOf(sections: readonly Section[]): number {
  return Math.max(
    0,
    sections.reduce((sum, { rows }) => sum + rows + 2, -1),
  );
}

/** So many of the body's lines from `scroll` on. Where that is amid a section, its heading stays in the first. */
export function bodyLines(sections: readonly Section[], scroll: number, height: number, width: number): Line[] {
  const lines: Line[] = [];
  const starts = startsOf(sections);
  const end = scroll + height;
  sections.forEach((section, i) => {
    const start = starts[i]!;
    const firstRow = start + 1;
    const last = firstRow + section.rows;
    if (start >= end || last < scroll) return;
    const from = Math.max(firstRow, scroll);
    const to = Math.min(last, end);
    const shown = section.lines(from - firstRow, Math.max(from, to) - firstRow, width);
    if (start >= scroll) lines.push(shown.heading);
    lines.push(...shown.lines);
    if (start < scroll && scroll < last && height > 2) lines[0] = shown.heading;
    if (last < end && i < sections.length - 1) lines.push([]);
  });
  return lines.slice(0, height);
}
