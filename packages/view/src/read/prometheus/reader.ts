import { ContentError, type Content, type ContentReader } from '../content-reader.ts';
import { LineSplitter } from '../line-splitter.ts';
import { Problems } from '../problems.ts';
import { Families, type Place } from './families.ts';
import { parseSample, unescaped, type Sample } from './sample.ts';
import { PrometheusSeries } from './series.ts';
import { unitOfName, unitOfWord } from './units.ts';

const COMMENT = /^[ \t]*#/;
const METADATA = /^[ \t]*#[ \t]+(TYPE|UNIT)[ \t]+(?:"((?:[^"\\]|\\.)*)"|(\S+))(?:[ \t]+(.*?))?[ \t]*$/;
const END = /^# EOF[ \t]*$/;

/**
 * Prometheus' text format 0.0.4 and OpenMetrics 1.0, which are told apart by OpenMetrics' last line. A series is a name and labels; of a
 * histogram or summary without the labels of its lines. The scope's name becomes the source. HELP, exemplars and `_created` are left out.
 */
export class PrometheusReader implements ContentReader {
  readonly #problems = new Problems();
  readonly #families = new Families();
  readonly #bySeries = new Map<string, PrometheusSeries>();
  readonly #names: string[] = [];
  readonly #lines = new LineSplitter((text, line) => this.#line(text, line));
  readonly #mustEnd: boolean;
  #last: { readonly name: string; readonly labels: Sample['labels']; readonly series: PrometheusSeries } | undefined;
  #isOver = false;
  #newest = NaN;
  #hasUntimed = false;
  #refusal: string | undefined;

  /** @param isOpenMetrics whether the answer says that it is: without its last line it was cut off then. */
  constructor(isOpenMetrics: boolean) {
    this.#mustEnd = isOpenMetrics;
  }

  take(text: string): void {
    this.#lines.take(text);
  }

  end(): Content {
    this.#lines.end();
    if (this.#bySeries.size === 0 && this.#refusal !== undefined) throw new ContentError(this.#refusal);
    if (this.#mustEnd && !this.#isOver) this.#problems.add('there is no # EOF: the text was cut off');
    const onProblem = (problem: string): void => this.#problems.add(problem);
    const series = Array.from(this.#bySeries.values(), (each, i) => {
      const name = this.#names[i]!;
      const told = this.#families.unitOf(name);
      return each.picture(told === undefined ? unitOfName(name) : unitOfWord(told), onProblem);
    });
    const newest = this.#hasUntimed ? NaN : this.#newest / (this.#isOver || this.#mustEnd ? 1 : 1000);
    return { series, newest, problems: this.#problems.list() };
  }

  #line(text: string, line: number): void {
    try {
      if (COMMENT.test(text)) this.#comment(text);
      else if (text.trim() !== '') this.#sample(parseSample(text));
    } catch (error) {
      const { message } = error as Error;
      this.#refusal ??= `line ${line}: ${message}`;
      this.#problems.addAt(line, message);
    }
  }

  #comment(text: string): void {
    if (END.test(text)) this.#isOver = true;
    const [, what, quoted, plain, rest = ''] = METADATA.exec(text) ?? [];
    const name = quoted === undefined ? plain : unescaped(quoted);
    if (name === undefined) return;
    if (what === 'TYPE') this.#families.type(name, rest);
    else if (rest !== '') this.#families.unit(name, rest);
  }

  #sample(sample: Sample): void {
    const place = this.#families.place(sample.name);
    if (place.part === 'created') return;
    const labels = identityOf(place, sample);
    // The lines of a histogram follow each other.
    if (this.#last === undefined || this.#last.name !== place.name || !isSame(this.#last.labels, labels)) {
      this.#last = { name: place.name, labels, series: this.#seriesOf(place, labels) };
    }
    this.#last.series.add(place, sample);
    if (sample.timestamp === undefined) this.#hasUntimed = true;
    else if (!(sample.timestamp <= this.#newest)) this.#newest = sample.timestamp;
  }

  #seriesOf(place: Place, labels: Sample['labels']): PrometheusSeries {
    const texts = labels.map(([label, value]) => `${label}=${JSON.stringify(value)}`);
    const key = `${place.name}\0${texts.sort().join()}`;
    let series = this.#bySeries.get(key);
    if (series === undefined) {
      this.#bySeries.set(key, (series = new PrometheusSeries(place, labels)));
      this.#names.push(place.name);
    }
    return series;
  }
}

function isSame(a: Sample['labels'], b: Sample['labels']): boolean {
  return a.length === b.length && a.every(([label, value], i) => label === b[i]![0] && value === b[i]![1]);
}

function identityOf({ part }: Place, { labels }: Sample): Sample['labels'] {
  const own = part === 'bucket' ? 'le' : part === 'quantile' ? 'quantile' : undefined;
  return own === undefined ? labels : labels.filter(([label]) => label !== own);
}
