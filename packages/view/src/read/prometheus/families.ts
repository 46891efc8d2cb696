/** What a line of values is to its family. */
export type Part = 'value' | 'bucket' | 'count' | 'sum' | 'quantile' | 'created';

export interface Place {
  /** The name of the series that the line belongs to. */
  readonly name: string;
  readonly type: string;
  readonly part: Part;
}

interface Suffix {
  readonly suffix: string;
  readonly part: Part;
}

const COUNT: Suffix = { suffix: '_count', part: 'count' };
const SUM: Suffix = { suffix: '_sum', part: 'sum' };
const BUCKET: Suffix = { suffix: '_bucket', part: 'bucket' };
const CREATED: Suffix = { suffix: '_created', part: 'created' };

/** What the lines of a family may end with besides its name. */
const SUFFIXES: Readonly<Record<string, readonly Suffix[]>> = {
  counter: [{ suffix: '_total', part: 'value' }, CREATED],
  info: [{ suffix: '_info', part: 'value' }],
  histogram: [BUCKET, COUNT, SUM, CREATED],
  gaugehistogram: [BUCKET, { suffix: '_gcount', part: 'count' }, { suffix: '_gsum', part: 'sum' }],
  summary: [COUNT, SUM, CREATED],
};
const ALL_SUFFIXES = [...new Set(Object.values(SUFFIXES).flatMap((suffixes) => suffixes.map(({ suffix }) => suffix)))];

const TYPES = new Set(['counter', 'gauge', 'histogram', 'summary', 'untyped', 'unknown', 'info', 'stateset', 'gaugehistogram']);

/** What TYPE and UNIT lines have said. */
export class Families {
  readonly #types = new Map<string, string>();
  readonly #units = new Map<string, string>();
  readonly #places = new Map<string, Place>();

  /** @throws SyntaxError with the reason. */
  type(name: string, type: string): void {
    if (!TYPES.has(type)) throw new SyntaxError(`${JSON.stringify(type)} is no type of a metric`);
    if (this.#types.has(name)) throw new SyntaxError(`a second TYPE of ${name}`);
    if (this.#places.has(name)) throw new SyntaxError(`the TYPE of ${name} comes after its values`);
    this.#types.set(name, type);
  }

  unit(name: string, unit: string): void {
    this.#units.set(name, unit);
  }

  /** As a UNIT line said it. */
  unitOf(name: string): string | undefined {
    return this.#units.get(name) ?? (name.endsWith('_total') ? this.#units.get(name.slice(0, -'_total'.length)) : undefined);
  }

  place(sample: string): Place {
    let place = this.#places.get(sample);
    if (place === undefined) this.#places.set(sample, (place = this.#find(sample)));
    return place;
  }

  #find(sample: string): Place {
    const type = this.#types.get(sample);
    if (type !== undefined) return { name: sample, type, part: type === 'summary' ? 'quantile' : 'value' };
    for (const end of ALL_SUFFIXES) {
      if (!sample.endsWith(end)) continue;
      const family = sample.slice(0, -end.length);
      const familyType = this.#types.get(family) ?? '';
      const found = SUFFIXES[familyType]?.find(({ suffix }) => suffix === end);
      // A counter's name is the one that is asked for in PromQL.
      if (found !== undefined) return { name: found.part === 'value' ? sample : family, type: familyType, part: found.part };
    }
    return { name: sample, type: 'untyped', part: 'value' };
  }
}
