import type { Tags } from '@otel-perf/metrics';
import type { Picture, SeriesPicture } from '../../src/model/picture.ts';
import { exactFigures } from '../../src/read/event-series.ts';

interface Description {
  readonly source?: string;
  readonly type?: string;
  readonly kind?: SeriesPicture['kind'];
  readonly unit?: string;
  readonly tags?: Tags;
}

/** A series of events, one a second. Times unless it says otherwise. */
export function events(name: string, values: Iterable<number>, description: Description = {}): SeriesPicture {
  const all = Float64Array.from(values);
  return {
    ...described(name, { type: 'time', kind: 'distribution', unit: 's', ...description }),
    figures: exactFigures(all.slice()),
    events: { times: Float64Array.from(all, (_, i) => 1_700_000_000 + i), values: all },
  };
}

/** A series of which the source tells these figures alone. */
export function told(name: string, figures: Partial<SeriesPicture['figures']>, description: Description = {}): SeriesPicture {
  return {
    ...described(name, { type: 'gauge', kind: 'gauge', unit: '', ...description }),
    figures: { exactPercentiles: false, ...figures },
  };
}

function described(name: string, { source = 'app', type = '', kind = 'gauge', unit = '', tags = {} }: Description) {
  return { name, source, type, kind, unit, tags };
}

export function picture(series: readonly SeriesPicture[], rest: Partial<Picture> = {}): Picture {
  return { from: 'now.json', takenAt: 1_700_000_000, series, problems: [], ...rest };
}

/** `count` values from `least` up to just below `least + span`, evenly. */
export function spread(count: number, least: number, span: number): number[] {
  return Array.from({ length: count }, (_, i) => least + (span * i) / count);
}
