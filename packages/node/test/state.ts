/** What fixtures/say.mjs tells of a start. */
export interface State {
  readonly active: boolean;
  readonly url: string | null;
  readonly problems: readonly { code: string; message: string }[];
  readonly resource: Record<string, unknown>;
  readonly metrics: readonly Reading[];
}

export interface Reading {
  readonly name: string;
  readonly source: string;
  readonly tags: Record<string, unknown>;
  readonly value: number;
  /** Of a histogram. */
  readonly count?: number;
}

export function named({ metrics }: Pick<State, 'metrics'>, name: string): Reading[] {
  return metrics.filter((metric) => metric.name === name);
}

/** Of the readings of one name together: the sum of the values, or of the counts of a histogram. */
export function total(state: Pick<State, 'metrics'>, name: string): number {
  return named(state, name).reduce((sum, { value, count }) => sum + (count ?? value), 0);
}
