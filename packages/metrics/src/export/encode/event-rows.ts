import { matches, type MetricSelector } from '../../filter/metrics-filter.ts';
import type { EventLog } from '../../record/event-log.ts';
import type { HistorySlice } from '../../window/history.ts';
import type { RowSource } from '../output/write-rows.ts';
import { TimestampWriter, writeNumber } from './number.ts';
import { Page } from './page.ts';
import type { EventRowFormat } from './row-format.ts';
import { Templates, type Template } from './template.ts';

/** Events looked at for one page, and how often the filter is asked: they bound how long a page takes. */
const EVENTS_A_PAGE = 4096;
const ASKED_A_PAGE = 128;

/** The rows of the events that are in the history now. What leaves it before its turn is counted and left out. */
export class EventRows implements RowSource {
  written = 0;
  overwritten = 0;
  readonly #events: EventLog;
  readonly #selector: MetricSelector | undefined;
  readonly #templates: Templates;
  readonly #timestamps = new TimestampWriter();
  readonly #end: number;
  #next: number;
  #asked = 0;
  #full = false;

  constructor(events: EventLog, format: EventRowFormat, selector: MetricSelector | undefined) {
    const { history, clock } = events;
    this.#events = events;
    this.#selector = selector;
    this.#templates = new Templates(format, (id) => events.series(id), events.verdicts(selector));
    this.#end = history.end;
    this.#next = history.firstAt(clock.now());
  }

  next(page: Page): Uint8Array | undefined {
    this.#skipLost();
    if (this.#next >= this.#end) return undefined;
    const { history } = this.#events;
    const to = Math.min(this.#end, this.#next + EVENTS_A_PAGE);
    const first = history.slice(this.#next, to);
    const { size } = this.#templates.get(first.series[first.start]!);
    const target = size > page.capacity ? new Page(size) : page;
    this.#asked = 0;
    this.#full = false;
    let at = 0;
    while (this.#next < to && !this.#full) {
      at = this.#encode(target, at, history.slice(this.#next, to));
      this.#skipLost();
    }
    return target.head(at);
  }

  /** Writes rows from the start of `slice` until the page is full, and returns the position behind them. */
  #encode(page: Page, start: number, slice: HistorySlice): number {
    const { values, times, series } = slice;
    const { history, clock } = this.#events;
    const recorded = history.end;
    let at = start;
    let i = slice.start;
    // A filter that records events may have overwritten those to come.
    for (; i < slice.end && history.end === recorded; i++) {
      const template = this.#templates.get(series[i]!);
      if (template.size === 0) continue;
      this.#full = at + template.size > page.capacity || this.#asked >= ASKED_A_PAGE;
      if (this.#full) break;
      const value = values[i]!;
      const micros = Math.round((clock.timeOrigin + times[i]!) * 1e3);
      if (!template.each || this.#passes(slice, i)) {
        at = this.#row(page, at, template, value, micros);
        this.written++;
      }
    }
    this.#next += i - slice.start;
    return at;
  }

  #row(page: Page, start: number, template: Template, value: number, micros: number): number {
    const { bytes } = page;
    const { beforeValue, beforeTimestamp, end } = template;
    bytes.set(beforeValue, start);
    let at = writeNumber(page, start + beforeValue.length, value);
    bytes.set(beforeTimestamp, at);
    at = this.#timestamps.write(page, at + beforeTimestamp.length, micros);
    bytes.set(end, at);
    return at + end.length;
  }

  #passes(slice: HistorySlice, i: number): boolean {
    this.#asked++;
    return matches(this.#selector, this.#events.metric(slice, i));
  }

  #skipLost(): void {
    // Events that have become too old but are still there are written: they were in the history when the export began.
    const first = Math.min(this.#end, this.#events.history.firstAt(-Infinity));
    if (first <= this.#next) return;
    this.overwritten += first - this.#next;
    this.#next = first;
  }
}
