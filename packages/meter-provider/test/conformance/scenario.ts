import { ValueType, type Attributes } from '@opentelemetry/api';
import {
  AggregationTemporality,
  AggregationType,
  createAllowListAttributesProcessor,
  InstrumentType,
  type AggregationOption,
  type IAttributesProcessor,
  type ViewOptions,
} from '@opentelemetry/sdk-metrics';
import fc from 'fast-check';

export interface InstrumentSpec {
  readonly type: InstrumentType;
  readonly name: string;
  readonly meter: string;
  readonly unit: string;
  readonly description: string;
  readonly valueType: ValueType;
  readonly boundaries: number[] | undefined;
}

export type Step =
  | {
      readonly kind: 'record';
      readonly instrument: number;
      readonly value: number;
      readonly attributes: Attributes;
      readonly reuses: boolean;
    }
  | { readonly kind: 'forget'; readonly instrument: number; readonly attributes: Attributes }
  | { readonly kind: 'collect'; readonly reader: number };

export interface ReaderSpec {
  readonly temporality: AggregationTemporality;
  /** Of instruments that are written to; the others have the default. */
  readonly aggregation: AggregationOption;
}

export interface Scenario {
  readonly instruments: readonly InstrumentSpec[];
  readonly readers: readonly ReaderSpec[];
  readonly views: readonly ViewOptions[];
  readonly steps: readonly Step[];
}

const attributeValue = fc.oneof(
  fc.constantFrom<Attributes[string]>('', 'x', 'é', '1', 1, 0, -0, Number.NaN, true, false, undefined),
  fc.array(fc.constantFrom('x', 'y', ''), { maxLength: 2 }),
);

/** In any order of the keys. */
const attributes: fc.Arbitrary<Attributes> = fc
  .uniqueArray(fc.tuple(fc.constantFrom('a', 'b', 'c', '', '10', '9', '__proto__'), attributeValue), {
    maxLength: 3,
    selector: ([key]) => key,
  })
  .map((entries) => Object.fromEntries(entries));

const instrument: fc.Arbitrary<InstrumentSpec> = fc.record({
  type: fc.constantFrom(...Object.values(InstrumentType)),
  name: fc.constantFrom('one', 'two', 'three'),
  meter: fc.constantFrom('m', 'n'),
  unit: fc.constantFrom('', 's'),
  description: fc.constantFrom('', 'short', 'longer'),
  valueType: fc.constantFrom(ValueType.DOUBLE, ValueType.DOUBLE, ValueType.INT),
  boundaries: fc.option(fc.uniqueArray(fc.integer({ min: -5, max: 50 }), { maxLength: 6 }), { nil: undefined }),
});

const aggregation: fc.Arbitrary<AggregationOption> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<AggregationOption>({ type: AggregationType.DEFAULT }) },
  fc.constantFrom<AggregationOption>({ type: AggregationType.SUM }, { type: AggregationType.LAST_VALUE }, { type: AggregationType.DROP }),
  fc.record({
    type: fc.constant(AggregationType.EXPLICIT_BUCKET_HISTOGRAM as const),
    options: fc.record({ boundaries: fc.constantFrom<number[]>([0, 1, 2], []), recordMinMax: fc.boolean() }),
  }),
  fc.record({
    type: fc.constant(AggregationType.EXPONENTIAL_HISTOGRAM as const),
    options: fc.record({ maxSize: fc.constantFrom<number>(2, 4, 20, 160), recordMinMax: fc.boolean() }),
  }),
);

/** Each makes a stream of its own. */
const views: fc.Arbitrary<ViewOptions[]> = fc.uniqueArray(fc.constantFrom('one', 'two'), { maxLength: 2 }).chain((names) =>
  fc.tuple(
    ...names.map((instrumentName) =>
      fc.record({
        instrumentName: fc.constant(instrumentName),
        name: fc.constantFrom(`${instrumentName}.view`, instrumentName),
        attributesProcessors: fc.constantFrom<IAttributesProcessor[]>([], [createAllowListAttributesProcessor(['a', '10'])]),
        instrumentType: fc.constantFrom(
          InstrumentType.COUNTER,
          InstrumentType.UP_DOWN_COUNTER,
          InstrumentType.HISTOGRAM,
          InstrumentType.GAUGE,
        ),
        aggregation,
      }),
    ),
  ),
);

/** Sums of such numbers are exact in whatever order. None is 0, which the SDK's exponential histograms cannot add up. */
const value = fc.oneof(fc.integer({ min: -400, max: 4000 }), fc.integer({ min: 1, max: 2 ** 30 })).map((eighths) => (eighths || 1) / 8);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ kind: fc.constant('record' as const), instrument: fc.nat(), value, attributes, reuses: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const), instrument: fc.nat(), attributes }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('collect' as const), reader: fc.nat() }) },
);

export const scenario: fc.Arbitrary<Scenario> = fc.record({
  instruments: fc.array(instrument, { minLength: 1, maxLength: 6 }),
  readers: fc.array(
    fc.record({ temporality: fc.constantFrom(AggregationTemporality.CUMULATIVE, AggregationTemporality.DELTA), aggregation }),
    { minLength: 1, maxLength: 3 },
  ),
  views,
  steps: fc.array(step, { minLength: 1, maxLength: 40 }),
});
