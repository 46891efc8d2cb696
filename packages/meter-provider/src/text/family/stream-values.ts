import type { DataPointType } from '@opentelemetry/sdk-metrics';
import * as prometheusParts from '@otel-perf/metrics/prometheus-parts';
import { COUNT } from '../../cells/distribution.ts';
import type { Arena } from '../../memory/arena.ts';
import type { CatalogueSeries } from '../../memory/catalogue.ts';
import { isMonotonic, isObservable, type StreamDescriptor } from '../../model/stream.ts';
import { cumulativeExponentialHistograms } from '../../read/values/exponential-histograms.ts';
import { cumulativeHistograms } from '../../read/values/histograms.ts';
import { lastValues } from '../../read/values/last-values.ts';
import { observedLastValues } from '../../read/values/observed-last-values.ts';
import { cumulativeObservedCounters, cumulativeObservedSums } from '../../read/values/observed-sums.ts';
import { cumulativeSums } from '../../read/values/sums.ts';
import type { ValueSource } from '../../read/values/value-source.ts';
import { histogramShape, numberShape, type LineShape } from '../page/line-shape.ts';

const { POINT_TYPE } = prometheusParts;

/** How the series of a stream are read: as cumulative values, whatever their readers get. */
export interface StreamValues {
  readonly dataPointType: DataPointType;
  readonly source: ValueSource<prometheusParts.PointValue>;
  /** Changes with the value, and is cheaper to read. `NaN` where there is no such thing, and values are to be compared. */
  version(series: CatalogueSeries): number;
  /** `undefined` where series differ in their lines. */
  shape(family: prometheusParts.Family): LineShape | undefined;
}

export function streamValues(arena: Arena, descriptor: StreamDescriptor): StreamValues {
  const { aggregation, type } = descriptor;
  // As the SDK has it: what may be negative has no sum.
  const hasSum = isMonotonic(type);
  // What was observed may be out of date, and is then not shown.
  const cells = isObservable(type) ? undefined : arena.f64;
  switch (aggregation.kind) {
    case 'sum':
      return ofNumbers(POINT_TYPE.SUM, sums(arena, descriptor), cells);
    case 'last-value':
      return ofNumbers(POINT_TYPE.GAUGE, isObservable(type) ? observedLastValues(arena) : lastValues(arena), cells);
    case 'histogram':
      return {
        dataPointType: POINT_TYPE.HISTOGRAM,
        source: cumulativeHistograms(arena, aggregation, { hasSum }),
        version: recordsOf(arena),
        shape: (family) => histogramShape(arena, family, aggregation.boundaries, hasSum),
      };
    case 'exponential-histogram':
      return {
        dataPointType: POINT_TYPE.EXPONENTIAL_HISTOGRAM,
        source: cumulativeExponentialHistograms(arena, aggregation, { hasSum }),
        version: recordsOf(arena),
        shape: () => undefined,
      };
  }
}

function ofNumbers(dataPointType: DataPointType, source: ValueSource<number>, cells: Float64Array | undefined): StreamValues {
  return { dataPointType, source, version: () => Number.NaN, shape: (family) => numberShape(family, source, cells) };
}

/** How many records histograms of either kind have. A record counts when the rest of it is there. */
function recordsOf({ f64 }: Arena): (series: CatalogueSeries) => number {
  return ({ cells }) => {
    let records = 0;
    for (let i = 0; i < cells.length; i++) records += f64[cells[i]! + COUNT]!;
    return records;
  };
}

function sums(arena: Arena, { type }: StreamDescriptor): ValueSource<number> {
  if (!isObservable(type)) return cumulativeSums(arena);
  return isMonotonic(type) ? cumulativeObservedCounters(arena) : cumulativeObservedSums(arena);
}
