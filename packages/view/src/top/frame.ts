import { bodyLines, heightOf, sectionsOf, startsOf } from './body.ts';
import { compileFilter, problemOfFilter } from './filter.ts';
import { headerLines, type Link } from './header.ts';
import { helpLines } from './help.ts';
import type { History } from './history.ts';
import { fitLine, type Line, span, spread } from './line.ts';
import type { Layout, State } from './state.ts';
import { end, printable } from './text.ts';

export interface View {
  /** Absent until the first scrape has succeeded. */
  readonly history: History | undefined;
  readonly link: Link;
  readonly state: State;
  /** Columns and lines of the terminal. */
  readonly columns: number;
  readonly rows: number;
}

export interface Frame {
  /** At most as many and as wide as the terminal has room for, and printable throughout. */
  readonly lines: readonly Line[];
  readonly layout: Layout;
}

/** What the terminal is to show. */
export function frameOf(view: View): Frame {
  const { state, columns, rows } = view;
  const header = headerLines(view.history, view.link, state, columns);
  const height = Math.max(0, rows - header.length - 1);
  const { lines, total, starts, scroll } = state.isHelp ? help(state, height) : body(view, height);
  const mostScroll = Math.max(0, total - height);
  const filled = [...lines, ...Array.from({ length: height - lines.length }, (): Line => [])];
  const all = [...header, ...filled, footerLine(state, scroll, height, total, columns)];
  return {
    lines: all.slice(0, rows).map((line) => fitLine(line, columns)),
    layout: { scroll, mostScroll, page: Math.max(1, height - 1), starts },
  };
}

/** All there is to tell, however long, without what belongs to keys. */
export function plainLines(view: Omit<View, 'rows'>): readonly Line[] {
  const { history, link, state, columns } = view;
  const header = headerLines(history, link, state, columns);
  const { lines } = body({ ...view, rows: Infinity }, Infinity);
  return [...header, [], ...lines].map((line) => fitLine(line, columns));
}

interface Part {
  readonly lines: readonly Line[];
  readonly total: number;
  readonly starts: readonly number[];
  readonly scroll: number;
}

function help({ scroll }: State, height: number): Part {
  const all = helpLines();
  const from = Math.min(scroll, Math.max(0, all.length - height));
  return { lines: all.slice(from, from + height), total: all.length, starts: [0], scroll: from };
}

function body({ history, state, columns }: View, height: number): Part {
  if (history === undefined) return { lines: [], total: 0, starts: [], scroll: 0 };
  const passes = compileFilter(state.filter);
  const sections = sectionsOf(history, state.sort, ({ series }) => passes(series));
  const total = heightOf(sections);
  const scroll = Math.min(state.scroll, Math.max(0, total - height));
  if (total > 0) return { lines: bodyLines(sections, scroll, height, columns), total, starts: startsOf(sections), scroll };
  const why = history.tracks.size === 0 ? 'The endpoint has no series.' : 'No series passes the filter.';
  return { lines: height > 0 ? [[span(why)]] : [], total: 0, starts: [], scroll: 0 };
}

function footerLine(state: State, scroll: number, height: number, total: number, columns: number): Line {
  if (state.typed !== undefined) {
    const wrong = problemOfFilter(state.typed);
    const note = wrong === undefined ? [] : [span(`  ${wrong}`, 'alert')];
    return [span('/', 'key'), span(end(printable(state.typed), columns - 2)), span('_', 'key'), ...note];
  }
  const place = total > height ? `${scroll + 1}–${Math.min(total, scroll + height)} of ${total}` : '';
  const filter = state.filter === '' ? [] : [span(`filter: ${state.filter}`, 'heading'), span('  ')];
  const keys = [
    span('? help  q quit  '),
    span(`s sort: ${state.sort}`),
    span(`  / filter  p ${state.isPaused ? 'go on' : 'pause'}  ↑↓ scroll`),
  ];
  return spread([...filter, ...keys], [span(place, 'quiet')], columns);
}
