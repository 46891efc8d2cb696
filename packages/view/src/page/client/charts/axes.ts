import { colour } from './colours.ts';
import type uPlot from 'uplot';

/** The looks that all charts' axes share. */
export function axis(options: uPlot.Axis): uPlot.Axis {
  const line = { stroke: colour('line'), width: 1 };
  return { stroke: colour('quiet'), font: '12px system-ui, sans-serif', grid: line, ticks: { ...line, size: 4 }, ...options };
}
