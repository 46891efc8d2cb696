import { AggregationType, InstrumentType, type AggregationOption, type IMetricReader } from '@opentelemetry/sdk-metrics';

/** What a reader wants of an instrument that no view selects. */
export interface Selection {
  readonly aggregation: AggregationOption;
  readonly cardinalityLimit: number;
}

/** What a reader wants, by type of instrument: plain data, which other threads can be told. */
export type ReaderSelection = Readonly<Record<InstrumentType, Selection>>;

/** The specification's. */
export const DEFAULT_CARDINALITY_LIMIT = 2000;

export function selectionOf(reader: IMetricReader): ReaderSelection {
  return byType((type) => ({
    aggregation: reader.selectAggregation(type),
    // A reader of an older SDK has none.
    cardinalityLimit: (reader as Partial<IMetricReader>).selectCardinalityLimit?.call(reader, type) ?? DEFAULT_CARDINALITY_LIMIT,
  }));
}

/** Where a provider has no readers of its own: somebody may read the arena all the same. */
export const DEFAULT_SELECTION: ReaderSelection = byType(() => ({
  aggregation: { type: AggregationType.DEFAULT },
  cardinalityLimit: DEFAULT_CARDINALITY_LIMIT,
}));

function byType(select: (type: InstrumentType) => Selection): ReaderSelection {
  return Object.fromEntries(Object.values(InstrumentType).map((type) => [type, select(type)])) as ReaderSelection;
}
