import { exactValue, instant, shortValue } from '../format.ts';
import { axis } from './axes.ts';
import type { ChartContent } from './chart.ts';
import { colour } from './colours.ts';
import type uPlot from 'uplot';
import type { TimeSeries } from '../model/time-series.ts';
import type { ValueTable } from './value-table.ts';

/** Lines differ in their dashes as well as in colour. */
const STYLES: readonly (readonly [colour: string, dash: number[]])[] = [
  ['line-1', []],
  ['line-2', [6, 4]],
  ['line-3', [2, 3]],
];
const FEW = 150;
/** Over more seconds labels have no seconds, and take less room. */
const MINUTES = 300;

export class TimeSeriesContent implements ChartContent {
  #shown: TimeSeries;

  constructor(shown: TimeSeries) {
    this.#shown = shown;
  }

  set shown(shown: TimeSeries) {
    this.#shown = shown;
  }

  data(): uPlot.AlignedData {
    const { times, lines } = this.#shown;
    return [[...times], ...lines.map(({ values }) => values.map((value) => (Number.isFinite(value) ? value : null)))];
  }

  options(): Omit<uPlot.Options, 'width' | 'height'> {
    const { lines, unit } = this.#shown;
    return {
      axes: [
        axis({
          size: 32,
          space: (_plot, _axis, least, most) => (most - least > MINUTES ? 56 : 96),
          values: (_plot, at, _axis, _space, step) => at.map((time) => clockLabel(time, step)),
        }),
        axis({ size: 72, values: (_plot, at) => at.map((value) => shortValue(value, unit)) }),
      ],
      series: [
        {},
        ...lines.map(({ label }, i) => {
          const [name, dash] = STYLES[i % STYLES.length]!;
          return { label, stroke: colour(name), width: 1.5, dash, points: { show: () => this.#shown.times.length <= FEW, size: 5 } };
        }),
      ],
      cursor: { points: { size: 7 } },
    };
  }

  summary(): string {
    const { times, lines, unit, note } = this.#shown;
    const values = lines.flatMap(({ values }) => values.filter((value) => value !== null && Number.isFinite(value)) as number[]);
    if (times.length === 0 || values.length === 0) return `Nothing over time yet: ${note}.`;
    const [least, most] = values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
    const what = lines.map(({ label }) => label).join(', ');
    return `${what} from ${instant(times[0]!)} to ${instant(times.at(-1)!)}, between ${shortValue(least, unit)} and ${shortValue(most, unit)}: ${note}.`;
  }

  at(index: number): string {
    const { times, lines, unit } = this.#shown;
    const time = times[index];
    if (time === undefined) return '';
    return `${instant(time)}: ${lines.map(({ label, values }) => `${label} ${shortValue(values[index] ?? undefined, unit)}`).join(', ')}`;
  }

  table(): ValueTable {
    const { times, lines, unit } = this.#shown;
    return {
      caption: 'Values over time',
      headings: ['Time', ...lines.map(({ label }) => label)],
      rows: times.map((time, i) => [instant(time), ...lines.map(({ values }) => exactOrNone(values[i], unit))]),
    };
  }
}

function exactOrNone(value: number | null | undefined, unit: string): string {
  return value == null ? '–' : exactValue(value, unit);
}

/** As fine as labels that are `step` seconds apart need it. In UTC, as all times of the page. */
function clockLabel(seconds: number, step: number): string {
  const iso = new Date(seconds * 1e3).toISOString();
  if (step >= 86_400) return iso.slice(0, 10);
  return step >= 60 ? iso.slice(11, 16) : iso.slice(11, step >= 1 ? 19 : 23);
}
