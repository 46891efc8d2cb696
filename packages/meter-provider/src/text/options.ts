import type { Resource } from '@opentelemetry/resources';
import type { PrometheusOptions } from '@otel-perf/metrics';
import * as prometheusParts from '@otel-perf/metrics/prometheus-parts';

export interface TextOptions extends PrometheusOptions {
  /** `text` is the Prometheus text format 0.0.4, `openmetrics` is OpenMetrics 1.0.0. Default `text`. */
  readonly format?: prometheusParts.TextFormat;
  /** What `target_info` and `withResourceConstantLabels` tell of. Read once, so its asynchronous attributes must have come. Default none. */
  readonly resource?: Pick<Resource, 'attributes'>;
  /** The reader's place in the provider's options: it gets the streams that are meant for it alone, too. Default those for all. */
  readonly readerIndex?: number;
  /**
   * Series that are brought up to date in one unbroken piece of work, from 1 to 256; of new ones 32 at most. Default 128, which takes about a
   * tenth of a millisecond where all of them are histograms that have changed, three times as long where numbers have outgrown their fields;
   * 16 to 32 where nothing else may wait so long.
   */
  readonly seriesPerPage?: number;
}

export interface ResolvedTextOptions {
  readonly text: prometheusParts.ResolvedOptions;
  readonly format: prometheusParts.TextFormat;
  readonly resource: Resource['attributes'];
  readonly readerIndex: number | undefined;
  readonly seriesPerPage: number;
}

const USUAL_SERIES = 128;
const MOST_SERIES = 256;

/** @throws TypeError or RangeError naming the option that is not what `TextOptions` asks for. */
export function resolveTextOptions(options: TextOptions): ResolvedTextOptions {
  const { format = 'text', resource, readerIndex, seriesPerPage = USUAL_SERIES } = options;
  if (format !== 'text' && format !== 'openmetrics')
    throw new TypeError(`format must be 'text' or 'openmetrics', got ${JSON.stringify(format)}`);
  if (readerIndex !== undefined && !(Number.isInteger(readerIndex) && readerIndex >= 0))
    throw new RangeError(`readerIndex must be an integer from 0, not ${String(readerIndex)}`);
  if (!(Number.isInteger(seriesPerPage) && seriesPerPage >= 1 && seriesPerPage <= MOST_SERIES))
    throw new RangeError(`seriesPerPage must be an integer from 1 to ${MOST_SERIES}, not ${String(seriesPerPage)}`);
  return { text: prometheusParts.resolveOptions(options), format, resource: resource?.attributes ?? {}, readerIndex, seriesPerPage };
}
