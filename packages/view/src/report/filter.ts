import { MetricsFilter, type Metric } from '@otel-perf/metrics';
import type { SeriesPicture } from '../model/picture.ts';

const TERM = /\s*((?:"(?:[^"\\]|\\.)*"|[^\s"])+)/y;
const FIELD = /^(!?)(?:(name|source|type|tag):)?(.*)$/s;
const TAG = /^((?:"(?:[^"\\]|\\.)*"|[^"=])+)(?:=(.*))?$/s;

/**
 * Which series pass, as `MetricsFilter` has it. An expression is terms with spaces between them, all of which must hold; of several
 * expressions one must. A term is a pattern of shell wildcards (`*`, `?`, `[..]`, `[!..]`) that matches the whole text and minds its case:
 *
 *     ocr_*  name:ocr_*         the name
 *     source:memory_pool        the source, which is the instrumentation scope
 *     type:time                 the type, as the source writes it, in any case
 *     tag:stage                 carries the tag
 *     tag:stage=detect*         its value as text
 *     !term                     the opposite
 *     tag:route="GET /a b"      quotes around what has spaces; \" and \\ inside
 *
 * @throws SyntaxError saying what is wrong.
 */
export function seriesFilter(expressions: readonly string[]): (series: SeriesPicture) => boolean {
  if (expressions.length === 0) return () => true;
  const filter = new MetricsFilter().addAny(...expressions.map(parsed));
  return (series) => filter.matches(asMetric(series));
}

function parsed(expression: string): MetricsFilter {
  const filter = new MetricsFilter();
  TERM.lastIndex = 0;
  let at = 0;
  for (let found = TERM.exec(expression); found !== null; found = TERM.exec(expression)) {
    at = TERM.lastIndex;
    addTerm(filter, found[1]!);
  }
  const rest = expression.slice(at).trim();
  if (rest !== '') throw new SyntaxError(`a quote is not closed in ${rest}`);
  if (at === 0) throw new SyntaxError('an empty expression');
  return filter;
}

function addTerm(filter: MetricsFilter, term: string): void {
  const [, not = '', field = 'name', pattern = ''] = FIELD.exec(term)!;
  if (pattern === '') throw new SyntaxError(`nothing to match in ${term}`);
  const positive = new MetricsFilter();
  if (field === 'name') positive.addNameFilter(unquoted(pattern));
  else if (field === 'source') positive.addSourceFilter(unquoted(pattern));
  else if (field === 'type') {
    const type = unquoted(pattern).toLowerCase();
    // Types of other programs are no metric types of ours.
    positive.addPredicate((metric) => metric.type.toLowerCase() === type);
  } else {
    const [, key, value = '*'] = TAG.exec(pattern) ?? [];
    if (key === undefined) throw new SyntaxError(`no tag in ${term}`);
    positive.addTagFilter(unquoted(key), unquoted(value));
  }
  if (not === '') filter.addPredicate((metric) => positive.matches(metric));
  else filter.addNot(positive);
}

function unquoted(text: string): string {
  return text.replace(/"((?:[^"\\]|\\.)*)"/gs, (_, inner: string) => inner.replace(/\\(["\\])/g, '$1'));
}

/** Of events a filter could ask for single values; of series nobody does. */
function asMetric({ name, source, type, tags, figures }: SeriesPicture): Metric {
  return { name, source, type: type as Metric['type'], tags, value: figures.last ?? figures.average ?? NaN, timestamp: NaN };
}
