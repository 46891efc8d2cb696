import type { Bucket } from '@otel-perf/metrics';
import type { Figures } from '../../../model/picture.ts';
import type { PageSeries } from '../../shared/document.ts';
import { exactValue, share, shortCount, shortValue } from '../format.ts';
import { axis } from './axes.ts';
import type { ChartContent } from './chart.ts';
import { colour } from './colours.ts';
import type uPlot from 'uplot';
import { Plot } from './uplot.ts';
import type { ValueTable } from './value-table.ts';

const MARKED = ['p50', 'p95', 'p99'] as const;

/** How the values of a series are distributed: its events, or its buckets. */
export function binsOf({ histogram, distribution }: PageSeries): readonly Bucket[] | undefined {
  return histogram ?? distribution?.buckets;
}

/** A bar for each bin, all equally wide: bins of latencies grow with the values. */
export class HistogramContent implements ChartContent {
  #series: PageSeries;

  constructor(series: PageSeries) {
    this.#series = series;
  }

  set series(series: PageSeries) {
    this.#series = series;
  }

  get #bins(): readonly Bucket[] {
    return binsOf(this.#series) ?? [];
  }

  get #counted(): number {
    return this.#bins.reduce((sum, { count }) => sum + count, 0);
  }

  data(): uPlot.AlignedData {
    return [this.#bins.map((_, i) => i), this.#bins.map(({ count }) => count)];
  }

  options(): Omit<uPlot.Options, 'width' | 'height'> {
    return {
      scales: {
        x: { time: false, range: () => [-0.5, this.#bins.length - 0.5] },
        y: { range: (_plot, _least, most) => [0, most * 1.1 || 1] },
      },
      axes: [
        axis({
          size: 32,
          incrs: [1, 2, 5, 10, 20, 50, 100],
          space: 56,
          grid: { show: false },
          values: (_plot, at) => at.map((i) => this.#label(i)),
        }),
        axis({ size: 60, values: (_plot, counts) => counts.map((count) => (Number.isInteger(count) ? shortCount(count) : '')) }),
      ],
      series: [{}, { fill: colour('bar'), stroke: colour('bar'), paths: Plot.paths.bars!({ size: [0.9] }), points: { show: false } }],
      cursor: { y: false, points: { show: false } },
      hooks: { draw: [(plot) => this.#mark(plot)] },
    };
  }

  summary(): string {
    const { figures, unit, histogram } = this.#series;
    const kind = histogram !== undefined ? 'single events, counted' : 'the buckets of a histogram';
    const told = MARKED.filter((key) => figures[key] !== undefined).map((key) => `${key} ${shortValue(figures[key], unit)}`);
    const rest = figures.count !== undefined && figures.count > this.#counted ? `, of ${shortCount(figures.count)}` : '';
    return `${shortCount(this.#counted)} values${rest} in ${this.#bins.length} bars, from ${kind}${told.length > 0 ? `; ${told.join(', ')}` : ''}.`;
  }

  at(index: number): string {
    const bin = this.#bins[index];
    return bin === undefined ? '' : `${this.#range(bin)}: ${shortCount(bin.count)} (${share(bin.count, this.#counted)})`;
  }

  table(): ValueTable {
    const { unit } = this.#series;
    return {
      caption: 'Values by size',
      headings: ['Above', 'Up to', 'Count', 'Share'],
      rows: this.#bins.map(({ lower, upper, count }) => [
        exactValue(lower, unit),
        exactValue(upper, unit),
        String(count),
        share(count, this.#counted),
      ]),
    };
  }

  #label(index: number): string {
    const bin = this.#bins[index];
    if (bin === undefined) return '';
    return bin.upper === Infinity ? `> ${shortValue(bin.lower, this.#series.unit)}` : `≤ ${shortValue(bin.upper, this.#series.unit)}`;
  }

  #range({ lower, upper }: Bucket): string {
    const { unit } = this.#series;
    if (lower === -Infinity) return `up to ${shortValue(upper, unit)}`;
    return upper === Infinity ? `above ${shortValue(lower, unit)}` : `${shortValue(lower, unit)} to ${shortValue(upper, unit)}`;
  }

  /** Lines where percentiles lie. */
  #mark(plot: uPlot): void {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.strokeStyle = colour('mark');
    ctx.fillStyle = colour('text');
    ctx.lineWidth = devicePixelRatio;
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
    for (const [row, key] of MARKED.entries()) {
      const place = placeOf(this.#series.figures, key, this.#bins);
      if (place === undefined) continue;
      const x = plot.valToPos(place, 'x', true);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
      // To the right of its line, unless there is no room.
      const gap = 3 * devicePixelRatio;
      const hasRoom = x + gap + ctx.measureText(key).width <= bbox.left + bbox.width;
      ctx.textAlign = hasRoom ? 'left' : 'right';
      ctx.fillText(key, x + (hasRoom ? gap : -gap), bbox.top + (row + 1) * 12 * devicePixelRatio);
    }
    ctx.restore();
  }
}

/** Where a figure lies between the middles of bars, which are whole numbers apart. */
function placeOf(figures: Figures, key: (typeof MARKED)[number], bins: readonly Bucket[]): number | undefined {
  const value = figures[key];
  if (value === undefined || Number.isNaN(value)) return undefined;
  const index = bins.findIndex(({ upper }) => value <= upper);
  const bin = bins[index];
  if (bin === undefined) return undefined;
  const width = bin.upper - bin.lower;
  const part = width > 0 && Number.isFinite(width) ? Math.max(0, (value - bin.lower) / width) : 0.5;
  return index - 0.5 + part;
}
