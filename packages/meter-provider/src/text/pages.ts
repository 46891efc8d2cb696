import * as prometheusParts from '@otel-perf/metrics/prometheus-parts';
import type { Catalogue } from '../memory/catalogue.ts';
import { resolveTextOptions, type ResolvedTextOptions, type TextOptions } from './options.ts';
import { Plan, type PlannedFamily } from './plan.ts';
import { Rendering } from './rendering.ts';

const CONTENT_TYPES: Readonly<Record<prometheusParts.TextFormat, string>> = {
  text: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

export function contentTypeOf(format: prometheusParts.TextFormat): string {
  return CONTENT_TYPES[format];
}

/**
 * The Prometheus text of all that is recorded in an arena, in any thread that has it, without a collection: pages of rendered text are kept,
 * and of series that have changed since, the digits are written over. Families, names, labels, values and their order are those that
 * `PrometheusTextSerializer` writes for what a cumulative reader collects, line for line, but for these:
 *
 * - In format `text`, more than one blank may stand before a value, which Prometheus reads alike: a number can grow within its field.
 * - In format `openmetrics`, a counter `x_total` is called `x` in HELP and TYPE (`unknown`, where nothing but `total` is left of its name),
 *   `target_info` is the info `target`, a unit is told where the name ends with it, a histogram has neither `_count` nor `_sum` where it has
 *   no sum or a negative bound, timestamps are seconds, and the last line is `# EOF`. There is no `_created`. Series have the names and labels
 *   that they have in the other format, bounds as `le="5"` included. Only where these would clash here, as those of a counter `x_total` and
 *   a gauge `x`, the later gets another name (`x_2`).
 *
 * It takes about as much memory as the text, and some KB for each family. Callbacks of observable instruments are not called: their values
 * are those told last.
 */
export class TextPages {
  readonly contentType: string;
  readonly #catalogue: Catalogue;
  readonly #options: ResolvedTextOptions;
  readonly #plan: Plan;

  /** @throws TypeError or RangeError naming the option that is not what {@link TextOptions} asks for. */
  constructor(catalogue: Catalogue, options: TextOptions = {}) {
    this.#catalogue = catalogue;
    this.#options = resolveTextOptions(options);
    this.#plan = new Plan(catalogue, this.#options);
    this.contentType = contentTypeOf(this.#options.format);
  }

  /**
   * A text as of now: each series as it is when its chunk is asked for, and whole in itself. Any number of renderings may be under way at
   * once, at their own pace; what two of them would share is worked out once if nothing has changed in between.
   *
   * @param names of families to write, or of any of their samples, as in `name[]` of a request. Default all.
   */
  chunks(names?: Iterable<string>): Rendering {
    const { text, format, seriesPerPage } = this.#options;
    const wanted = names === undefined ? undefined : new Set(names);
    return new Rendering({
      families: () => this.#families(wanted),
      stamp: text.appendTimestamp ? stampOf(Date.now(), format) : '',
      end: (isEmpty) => {
        if (format === 'openmetrics') return '# EOF\n';
        return isEmpty && wanted === undefined && text.naming === 'official' ? prometheusParts.NO_METRICS : '';
      },
      seriesPerPage,
    });
  }

  *#families(wanted: ReadonlySet<string> | undefined): Generator<undefined, readonly PlannedFamily[], undefined> {
    yield* this.#catalogue.refreshing();
    const families = yield* this.#plan.families();
    return wanted === undefined ? families : families.filter((family) => isWanted(family, wanted));
  }
}

function isWanted({ text: { family } }: PlannedFamily, wanted: ReadonlySet<string>): boolean {
  return prometheusParts.namesOf(family).some((name) => wanted.has(name));
}

/** Of one length whatever the clock says, since it is written over in place. */
function stampOf(unixMillis: number, format: prometheusParts.TextFormat): string {
  return format === 'openmetrics' ? ` ${(unixMillis / 1_000).toFixed(3).padStart(14, '0')}` : ` ${String(unixMillis).padStart(13, '0')}`;
}
