import type { TextFormat } from './format.ts';

/** An entry of a header by which a client says what it takes. */
interface Taken {
  /** In lower case. */
  readonly value: string;
  readonly parameters: ReadonlyMap<string, string>;
  /** From 0, not at all, to 1. */
  readonly weight: number;
}

/** RFC 9110, 12.5.3: the weight given to gzip itself counts before that of `*`; none at all means no. */
export function acceptsGzip(header: string | readonly string[] | undefined): boolean {
  const entries = taken(header);
  const entry = entries.find(({ value }) => value === 'gzip') ?? entries.find(({ value }) => value === '*');
  return (entry?.weight ?? 0) > 0;
}

/** OpenMetrics for who prefers it (RFC 9110, 12.5.1), and text 0.0.4 for all others, also who takes neither. */
export function textFormat(header: string | undefined): TextFormat {
  let openMetrics = 0;
  let text = 0;
  for (const { value, parameters, weight } of taken(header)) {
    const version = parameters.get('version');
    const isOurs = (...versions: readonly string[]): boolean => version === undefined || versions.includes(version);
    if (value === 'application/openmetrics-text' && isOurs('1.0.0', '0.0.1')) openMetrics = Math.max(openMetrics, weight);
    if (['text/plain', 'text/*', '*/*'].includes(value) && isOurs('0.0.4')) text = Math.max(text, weight);
  }
  return openMetrics > text ? 'openmetrics' : 'text';
}

function taken(header: string | readonly string[] | undefined): Taken[] {
  return String(header ?? '')
    .toLowerCase()
    .split(',')
    .map((item) => {
      const [value = '', ...rest] = item.trim().split(/\s*;\s*/);
      const parameters = new Map(rest.map((parameter) => split(parameter)));
      return { value, parameters, weight: weightOf(parameters.get('q')) };
    });
}

function split(parameter: string): [string, string] {
  const [name = '', value = ''] = parameter.split(/\s*=\s*/, 2);
  return [name, value.replace(/^"(.*)"$/, '$1')];
}

/** One that makes no sense is none. */
function weightOf(q: string | undefined): number {
  const weight = q === undefined ? 1 : Number(q);
  return weight >= 0 && weight <= 1 ? weight : 0;
}
