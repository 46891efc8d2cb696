import type uPlotClass from 'uplot';

/** The script before this one in the page. */
declare const uPlot: typeof uPlotClass;

export const Plot = uPlot;
