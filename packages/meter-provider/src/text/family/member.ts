import type { Attributes } from '@opentelemetry/api';
import * as prometheusParts from '@otel-perf/metrics/prometheus-parts';
import type { CatalogueSeries, CatalogueStream } from '../../memory/catalogue.ts';
import type { LineShape } from '../page/line-shape.ts';
import type { PlannedStream } from './planned-stream.ts';

/** What has series in a family: a stream, or the resource in that of `target_info`. */
export interface Member {
  readonly shared: prometheusParts.SharedLabels;
  readonly isSum: boolean;
  /** How many series there are by now. They are asked for by their place. */
  readonly length: number;
  attributes(index: number): Attributes;
  value(index: number): prometheusParts.PointValue | undefined;
  /** Changes with the value: as `StreamValues.version`. */
  version(index: number): number;
  /** `undefined` where series may differ in their lines. */
  readonly fixed: FixedSeries | undefined;
}

/** Series that have the same lines. */
export interface FixedSeries {
  readonly shape: LineShape;
  readonly stream: CatalogueStream;
  series(index: number): CatalogueSeries;
}

export class StreamMember implements Member {
  readonly shared: prometheusParts.SharedLabels;
  readonly isSum: boolean;
  readonly fixed: FixedSeries | undefined;
  readonly #planned: PlannedStream;

  constructor(planned: PlannedStream, family: prometheusParts.Family, shared: prometheusParts.SharedLabels) {
    this.#planned = planned;
    this.shared = shared;
    this.isSum = planned.stream.descriptor.aggregation.kind === 'sum';
    const { stream } = planned;
    const shape = planned.values.shape(family);
    this.fixed = shape === undefined ? undefined : { shape, stream, series: (index) => stream.series[index]! };
  }

  get length(): number {
    return this.#planned.stream.series.length;
  }

  attributes(index: number): Attributes {
    return this.#planned.stream.series[index]!.attributes;
  }

  value(index: number): prometheusParts.PointValue | undefined {
    return this.#planned.values.source.read(this.#planned.stream.series[index]!);
  }

  version(index: number): number {
    return this.#planned.values.version(this.#planned.stream.series[index]!);
  }
}

/** The one series of `target_info` that carries the resource. */
export class ResourceMember implements Member {
  readonly shared: prometheusParts.SharedLabels = prometheusParts.NO_SHARED_LABELS;
  readonly isSum: boolean = false;
  readonly length: number = 1;
  readonly fixed: undefined;
  readonly #resource: Attributes;

  constructor(resource: Attributes) {
    this.#resource = resource;
  }

  attributes(): Attributes {
    return this.#resource;
  }

  value(): number {
    return 1;
  }

  version(): number {
    return 1;
  }
}
