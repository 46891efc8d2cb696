import type { Picture, SeriesPicture } from '@otel-perf/view';

/** A series with nothing of interest but what is given. */
export function series(name: string, rest: Partial<SeriesPicture> = {}): SeriesPicture {
  return {
    name,
    source: 'test',
    type: 'custom',
    kind: 'gauge',
    unit: '',
    tags: {},
    figures: { last: 1, exactPercentiles: false },
    ...rest,
  };
}

export function picture(all: readonly SeriesPicture[], rest: Partial<Picture> = {}): Picture {
  return { from: 'metrics.json', takenAt: 1_700_000_000, series: all, problems: [], ...rest };
}

/** Series of which each has figures of its own, in no order. */
export function manySeries(count: number): SeriesPicture[] {
  return Array.from({ length: count }, (_, i) => {
    const average = ((i * 7919) % count) / 1000 + 0.0001;
    const figures = {
      count: i + 1,
      total: average * (i + 1),
      average,
      p50: average,
      p95: average * 3,
      p99: average * 4,
      exactPercentiles: true,
    };
    return series(`operation_${i}_time`, { type: 'time', kind: 'distribution', unit: 's', tags: { part: i % 10 }, figures });
  });
}
