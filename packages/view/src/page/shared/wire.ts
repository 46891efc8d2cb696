import type { Bucket, Distribution } from '@otel-perf/metrics';
import type { Figures } from '../../model/picture.ts';
import type { PageDocument, PageSeries } from './document.ts';

/** JSON has no `NaN`, no infinities and no negative zero: they are these words. */
type WireNumber = number | 'NaN' | 'Infinity' | '-Infinity' | '-0';
type WireBucket = readonly [lower: WireNumber, upper: WireNumber, count: WireNumber];

/** `Type` with its numbers as they are in JSON, and buckets as tuples. */
type Wire<Type> = Type extends number
  ? WireNumber
  : Type extends readonly Bucket[]
    ? readonly WireBucket[]
    : Type extends readonly (infer Item)[]
      ? readonly Wire<Item>[]
      : Type extends object
        ? { readonly [Key in keyof Type]: Wire<Type[Key]> }
        : Type;

type WireSeries = Omit<PageSeries, NumberKeys> & Wire<Pick<PageSeries, NumberKeys>>;
type NumberKeys = 'figures' | 'distribution' | 'histogram' | 'points';

interface WireDocument extends Omit<PageDocument, 'takenAt' | 'series'> {
  readonly takenAt: WireNumber;
  readonly series: readonly WireSeries[];
}

/** As `encodeJson`; `decodeDocument` gives back the very numbers. */
export function encodeDocument(document: PageDocument): string {
  const series = document.series.map(({ distribution, histogram, ...rest }) => ({
    ...rest,
    ...(distribution && { distribution: { ...distribution, buckets: distribution.buckets.map(encodeBucket) } }),
    ...(histogram && { histogram: histogram.map(encodeBucket) }),
  }));
  return encodeJson({ ...document, series });
}

/** JSON that may stand in a `<script type="application/json">`: without `<`, and without the two line ends that are none in JSON. */
export function encodeJson(data: object): string {
  const json = JSON.stringify(data, (_key, value: unknown) => (typeof value === 'number' ? wireNumber(value) : value));
  return json.replaceAll(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const UNSAFE = /[<\u2028\u2029]/g;

/** @throws SyntaxError for what is no JSON, TypeError for what is no document of `encodeDocument`. */
export function decodeDocument(json: string): PageDocument {
  const document = JSON.parse(json) as WireDocument;
  return { ...document, takenAt: Number(document.takenAt), series: document.series.map(decodeSeries) };
}

function decodeSeries({ figures, distribution, histogram, points, ...rest }: WireSeries): PageSeries {
  return {
    ...rest,
    figures: decodeNumbers<Figures>(figures),
    ...(distribution && { distribution: decodeDistribution(distribution) }),
    ...(histogram && { histogram: histogram.map(decodeBucket) }),
    ...(points && { points: { of: Number(points.of), times: points.times.map(Number), values: points.values.map(Number) } }),
  };
}

function decodeDistribution({ buckets, ...moments }: Wire<Distribution>): Distribution {
  return { ...decodeNumbers<Omit<Distribution, 'buckets'>>(moments), buckets: buckets.map(decodeBucket) };
}

function decodeNumbers<Type>(wire: { readonly [Key in keyof Type]: Wire<Type[Key]> }): Type {
  const entries = Object.entries(wire).map(([key, value]) => [key, typeof value === 'boolean' ? value : Number(value)]);
  return Object.fromEntries(entries) as Type;
}

function encodeBucket({ lower, upper, count }: Bucket): readonly number[] {
  return [lower, upper, count];
}

function decodeBucket([lower, upper, count]: WireBucket): Bucket {
  return { lower: Number(lower), upper: Number(upper), count: Number(count) };
}

function wireNumber(value: number): WireNumber {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : (String(value) as WireNumber);
}
