export type Labels = Readonly<Record<string, string>>;

/** A value of a series; `time` in Unix seconds. */
export interface Sample {
  readonly labels: Labels;
  readonly time: number;
  readonly value: number;
}

export interface Range {
  readonly labels: Labels;
  readonly values: readonly { readonly time: number; readonly value: number }[];
}

export interface Target {
  readonly labels: Labels;
  readonly health: 'up' | 'down' | 'unknown';
  readonly scrapeUrl: string;
  readonly lastError: string;
}

export interface Rule {
  readonly name: string;
  readonly query: string;
  readonly type: 'recording' | 'alerting';
  readonly health: 'ok' | 'err' | 'unknown';
  readonly lastError?: string;
  /** Of alerts. */
  readonly state?: 'inactive' | 'pending' | 'firing';
}

type Point = [time: number, value: string];

/** Prometheus' HTTP API, as far as tests need it. */
export class PrometheusApi {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** The vector that `expr` gives at `time` (Unix seconds; default now). */
  async query(expr: string, time?: number): Promise<Sample[]> {
    const { resultType, result } = await this.#get<{ resultType: string; result: unknown }>('query', { query: expr, time });
    if (resultType === 'scalar') return [sample({}, result as Point)];
    return (result as { metric: Labels; value: Point }[]).map(({ metric, value }) => sample(metric, value));
  }

  /** Times in Unix seconds. */
  async queryRange(expr: string, start: number, end: number, stepSeconds: number): Promise<Range[]> {
    const { result } = await this.#get<{ result: { metric: Labels; values: Point[] }[] }>('query_range', {
      query: expr,
      start,
      end,
      step: stepSeconds,
    });
    return result.map(({ metric, values }) => ({ labels: metric, values: values.map((point) => sample(metric, point)) }));
  }

  /** The label sets of the series that match any of the selectors. */
  async series(...match: readonly string[]): Promise<Labels[]> {
    return this.#get('series', { 'match[]': match });
  }

  /** The values that a label has, in the series that match any of the selectors, where there are selectors. */
  async labelValues(label: string, ...match: readonly string[]): Promise<string[]> {
    return this.#get(`label/${encodeURIComponent(label)}/values`, { 'match[]': match });
  }

  async targets(): Promise<Target[]> {
    return (await this.#get<{ activeTargets: Target[] }>('targets', { state: 'active' })).activeTargets;
  }

  async rules(): Promise<Rule[]> {
    const { groups } = await this.#get<{ groups: { rules: Rule[] }[] }>('rules', {});
    return groups.flatMap(({ rules }) => rules);
  }

  async #get<Data>(path: string, parameters: Record<string, string | number | readonly string[] | undefined>): Promise<Data> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters)) {
      for (const each of Array.isArray(value) ? value : [value]) if (each !== undefined) query.append(name, String(each));
    }
    const response = await fetch(`${this.#url}/api/v1/${path}?${query}`);
    const text = await response.text();
    if (!response.ok) throw new Error(`Prometheus answers ${response.status} to ${path}?${decodeURIComponent(String(query))}: ${text}`);
    return (JSON.parse(text) as { data: Data }).data;
  }
}

function sample(labels: Labels, [time, value]: Point): Sample {
  // JavaScript spells Prometheus' +Inf otherwise.
  return { labels, time, value: Number(value.replace('Inf', 'Infinity')) };
}
