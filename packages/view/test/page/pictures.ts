import type { Tags } from '@otel-perf/metrics';
import type { Figures, Picture, SeriesKind, SeriesPicture } from '../../src/model/picture.ts';

type Given = Partial<Omit<SeriesPicture, 'figures'>> & { readonly figures?: Partial<Figures> };

/** A series of a picture: what is not given is of no interest to the test. */
export function series(name: string, { figures, ...rest }: Given = {}): SeriesPicture {
  return {
    name,
    source: 'test',
    type: 'custom',
    kind: 'gauge',
    unit: '',
    tags: {},
    figures: { exactPercentiles: false, ...figures },
    ...rest,
  };
}

export function ofKind(kind: SeriesKind, name: string, tags: Tags, figures: Partial<Figures>): SeriesPicture {
  return series(name, { kind, tags, figures });
}

export function picture(all: readonly SeriesPicture[], rest: Partial<Picture> = {}): Picture {
  return { from: 'metrics.json', takenAt: 1_700_000_000, series: all, problems: [], ...rest };
}
