import { formatCount, formatValue } from '@otel-perf/metrics';
import type { History } from './history.ts';
import { type Line, span, spread } from './line.ts';
import type { State } from './state.ts';

/** How it goes with the endpoint. Times are in seconds of the clock that readings have. */
export interface Link {
  /** Without credentials. */
  readonly url: string;
  readonly everySeconds: number;
  readonly now: number;
  /** Of the scrape that waits for its answer. */
  readonly askedAt?: number;
  readonly failure?: Failure;
}

/** The scrapes that failed since the last one that did not. */
export interface Failure {
  readonly message: string;
  readonly tries: number;
  readonly since: number;
}

/** An answer that takes longer is worth a word, in seconds. */
const LONG_WAIT = 2;
/** A terminal has no room for title and date below so many columns. */
const NARROW = 72;

/** Three lines at most, the most important first. */
export function headerLines(history: History | undefined, link: Link, state: State, width: number): Line[] {
  const { failure } = link;
  const isNarrow = width < NARROW;
  const title = isNarrow ? [] : [span('otel-perf top ', 'title')];
  const marks = [...(state.isPaused ? [span(' PAUSED ', 'key'), span(' ')] : []), span(timeText(history).slice(isNarrow ? -12 : 0))];
  return [
    spread([...title, span(link.url)], marks, width),
    [span(statusText(history, link))],
    ...(failure === undefined ? [] : [[span(failureText(failure, link), 'alert')]]),
    ...(failure === undefined && history !== undefined && history.latest.picture.problems.length > 0 ? [problemsLine(history)] : []),
  ];
}

function statusText(history: History | undefined, link: Link): string {
  const { askedAt, now, everySeconds } = link;
  const waiting = askedAt !== undefined && now - askedAt >= LONG_WAIT ? [`waiting for an answer: ${seconds(now - askedAt)}`] : [];
  if (history === undefined) return [...waiting, 'no figures yet'].join(' · ');
  const { latest, intervalSeconds, tracks } = history;
  const basis = intervalSeconds === undefined ? 'since the start, rates to come' : `of the last ${seconds(intervalSeconds)}`;
  const count = `${formatCount(tracks.size)} series`;
  return [...waiting, basis, count, `scrape ${formatValue(latest.tookSeconds, 's')}`, `every ${seconds(everySeconds)}`].join(' · ');
}

function failureText({ message, tries, since }: Failure, { url, now }: Link): string {
  // The line above has the URL.
  const reason = message.startsWith(`${url} `) ? message.slice(url.length + 1) : message;
  const count = tries === 1 ? '1 scrape' : `${formatCount(tries)} scrapes`;
  return `error: ${count} failed in ${seconds(Math.max(0, now - since))}: ${reason}`;
}

function problemsLine({ latest }: History): Line {
  const [first = '', ...others] = latest.picture.problems;
  return [span(`not read: ${first}${others.length > 0 ? ` (and ${formatCount(others.length)} more)` : ''}`, 'alert')];
}

function timeText(history: History | undefined): string {
  const millis = (history?.latest.picture.takenAt ?? NaN) * 1e3;
  const date = new Date(millis);
  return Number.isNaN(date.getTime()) ? '' : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function seconds(value: number): string {
  return formatValue(value < 10 ? value : Math.round(value), 's');
}
